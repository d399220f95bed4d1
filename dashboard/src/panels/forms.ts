/** What was written into a field of a form, without the spaces around it; empty where there is no such field. */
export function fieldText(form: FormData, key: string): string {
  const value = form.get(key)
  return typeof value === 'string' ? value.trim() : ''
}
