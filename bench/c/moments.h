/* Rolling inverse-volatility weights and correlations of SLEEVES return series: add the new bar, subtract the old. */
enum { VOLATILITY_BARS = 60, CORRELATION_BARS = 90, OBSERVATIONS_MIN = 20 };

typedef struct {
  double sum[SLEEVES], squares[SLEEVES], total[SLEEVES], products[SLEEVES][SLEEVES], weight[SLEEVES];
} Moments;

static void start_moments(Moments *w) {
  memset(w, 0, sizeof *w);
  for (int s = 0; s < SLEEVES; s++) w->weight[s] = 1.0 / SLEEVES;
}

/* returns: day-major, row `t` is new. Writes the day's weights and correlations. */
static void advance_moments(Moments *w, const double *returns, long t, double *weights, double *correlations) {
  const double *r = returns + t * SLEEVES;
  const double *v = t >= VOLATILITY_BARS ? r - VOLATILITY_BARS * SLEEVES : 0;
  const double *c = t >= CORRELATION_BARS ? r - CORRELATION_BARS * SLEEVES : 0;
  for (int i = 0; i < SLEEVES; i++) {
    double x = r[i];
    w->sum[i] += x;
    w->squares[i] += x * x;
    w->total[i] += x;
    if (v) {
      w->sum[i] -= v[i];
      w->squares[i] -= v[i] * v[i];
    }
    if (c) w->total[i] -= c[i];
    for (int j = 0; j <= i; j++) {
      w->products[i][j] += x * r[j];
      if (c) w->products[i][j] -= c[i] * c[j];
    }
  }
  long bars = t + 1 < VOLATILITY_BARS ? t + 1 : VOLATILITY_BARS;
  if (bars >= OBSERVATIONS_MIN) {
    double whole = 0;
    for (int i = 0; i < SLEEVES; i++) {
      double variance = (w->squares[i] - w->sum[i] * w->sum[i] / bars) / (bars - 1);
      w->weight[i] = 1 / sqrt(variance > 1e-12 ? variance : 1e-12);
      whole += w->weight[i];
    }
    for (int i = 0; i < SLEEVES; i++) w->weight[i] /= whole;
  }
  memcpy(weights, w->weight, sizeof w->weight);
  bars = t + 1 < CORRELATION_BARS ? t + 1 : CORRELATION_BARS;
  double deviation[SLEEVES];
  for (int i = 0; i < SLEEVES; i++) {
    double variance = w->products[i][i] - w->total[i] * w->total[i] / bars;
    deviation[i] = sqrt(variance > 1e-18 ? variance : 1e-18);
  }
  for (int i = 0; i < SLEEVES; i++)
    for (int j = 0; j <= i; j++) {
      double x = (w->products[i][j] - w->total[i] * w->total[j] / bars) / (deviation[i] * deviation[j]);
      correlations[i * SLEEVES + j] = correlations[j * SLEEVES + i] = x;
    }
}
