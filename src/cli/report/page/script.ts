/*
 * The page works without its script: this adds the read-out under the pointer and with the arrow keys, and opens what is
 * folded before printing. Plain JavaScript as text, because it runs in the reader's browser.
 */
export const PAGE_SCRIPT = `for (const chart of document.querySelectorAll('[data-chart]')) {
  const data = JSON.parse(chart.querySelector('script').textContent)
  const last = data.days.length - 1
  const outs = [...chart.querySelectorAll('[data-value]')]
  const day = chart.querySelector('[data-day]')
  let here = last
  const show = (index, isOn) => {
    here = Math.max(0, Math.min(last, index))
    chart.classList.toggle('on', isOn)
    chart.style.setProperty('--x', data.at[here] * 100 + '%')
    day.textContent = data.days[here]
    outs.forEach((out, line) => { out.textContent = data.values[line][here] })
  }
  for (const plot of chart.querySelectorAll('.plot')) {
    plot.addEventListener('pointermove', (event) => {
      const box = plot.getBoundingClientRect()
      show(Math.round(((event.clientX - box.left) / box.width) * last), true)
    })
    plot.addEventListener('pointerleave', () => show(last, false))
  }
  chart.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21, Home: -last, End: last }[event.key]
    if (step === undefined || event.target !== chart) return
    event.preventDefault()
    show(here + step, true)
  })
  chart.addEventListener('blur', () => show(last, false))
}
addEventListener('beforeprint', () => { for (const folded of document.querySelectorAll('details:not(.all)')) folded.open = true })
`
