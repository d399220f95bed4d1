/* W2: one series of one-minute bars, one moving-average sleeve: the cost of a bar. Same rules as w1.c. */
#include "common.h"
#ifndef BARS
#define BARS 1000000
#endif
#ifndef DAY
#define DAY 1440
#endif
enum { T = BARS, DAYS = BARS / DAY, FAST = 20, SLOW = 100 };
#define SLEEVES 1
#include "moments.h"

static const double CAPITAL = 1e6, GROSS_MAX = 1.5, INITIAL_MARGIN = 0.5, FRACTION = 0.99, VOLUME_MAX = 0.1;
static const double EPSILON = 1e-12, RATE = 10 / 10000.0;

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 1;
  double *close = rd("w2_c", T), *open = rd("w2_o", T), *volume = rd("w2_v", T), seconds[64], final = 0;
  double *curve = 0, *days = 0, *returns = 0, *weights = 0, *correlations = 0;
  Records out = {0};
  for (int run = 0; run < runs; run++) {
    free_records(&out);
    free(curve); free(days); free(returns); free(weights); free(correlations);
    double started = now();
    curve = malloc(8L * T); days = malloc(8L * (DAYS + 1)); returns = malloc(8L * (DAYS + 1));
    weights = malloc(8L * (DAYS + 1)); correlations = malloc(8L * (DAYS + 1));
    Moments moments;
    start_moments(&moments);
    double cash = CAPITAL * COUNTS, held = 0, cost = 0, wanted = 0, side = -1, fast = 0, slow = 0, previous = CAPITAL;
    long day = 0, ends = DAY - 1;
    for (long t = 0; t < T; t++) {
      if (wanted != 0) {
        double most = floor(VOLUME_MAX * volume[t] * UNITS / STEP) * STEP, size = fabs(wanted);
        if (size > most) size = most;
        if (size > 0) {
          double way = wanted > 0 ? 1 : -1, price = open[t], money = 0 - way * traded_cash(size, price);
          double fee = fee_of(size, price, RATE), realised = post(&held, &cost, size * way, price);
          cash = cash + money - fee;
          note(&out, 0, 0, 0, size * way, price, money, fee, realised);
        }
        wanted = 0;
      }
      double c = close[t], value = c * (1 / UNITS), equity = cash / COUNTS + held * value;
      curve[t] = equity;
      fast += c;
      slow += c;
      if (t >= FAST) fast -= close[t - FAST];
      if (t >= SLOW) slow -= close[t - SLOW];
      if (t >= SLOW - 1) {
        double difference = fast / FAST - slow / SLOW;
        if (difference * side <= 0) {
          double next = difference > 0 ? 1 : -1;
          if (next != side) {
            side = next;
            if (next < 0) wanted = 0 - held;
            else {
              double asked = floor(equity * FRACTION / value / STEP + 1e-9) * STEP - held, gross = held * value;
              if (asked > 0) {
                wanted = within(GROSS_MAX * equity * (1 + EPSILON) - gross, value, asked);
                wanted = within(equity / INITIAL_MARGIN - gross, value, wanted);
              }
            }
          }
        }
      }
      if (t == ends) {
        days[day] = equity;
        returns[day] = equity / previous - 1;
        previous = equity;
        advance_moments(&moments, returns, day, weights + day, correlations + day);
        day++;
        ends += DAY;
      }
    }
    seconds[run] = now() - started;
    final = curve[T - 1];
  }
  HASH = 2166136261u;
  hash_records(&out);
  hash_doubles(days, DAYS);
  hash_doubles(weights, DAYS);
  hash_doubles(correlations, DAYS);
  printf("{\"seconds\":%.6f,\"final\":%.17g,\"fills\":%ld,\"checksum\":\"%08x\",\"rssMb\":%.1f}\n", seconds[runs - 1], final, out.count, HASH, rss());
}
