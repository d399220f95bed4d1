/*
 * W1: SYMBOLS daily series, ten moving-average sleeves, one netted account. What the product does on every bar, by the
 * same rules and in the same order of operations, as one tight loop.
 */
#include "common.h"
#ifndef SYMBOLS
#define SYMBOLS 500
#endif
#ifndef BARS
#define BARS 2520
#endif
enum { M = SYMBOLS, T = BARS, S = 10, WINDOWS = 7, ROW = (SYMBOLS + 7) / 8 * 8 };
#define SLEEVES 10
#include "moments.h"

static const int FAST[S] = {5, 5, 10, 10, 10, 20, 20, 20, 50, 50}, SLOW[S] = {20, 50, 30, 50, 100, 50, 100, 200, 100, 200};
static const int WINDOW[WINDOWS] = {5, 10, 20, 30, 50, 100, 200};
static int window_of(int bars) {
  for (int i = 0; i < WINDOWS; i++) if (WINDOW[i] == bars) return i;
  return -1;
}

static const double CAPITAL = 1e8, SYMBOL_MAX = 0.05, GROSS_MAX = 1.5, INITIAL_MARGIN = 0.5, VOLUME_MAX = 0.1;
static const double EPSILON = 1e-12, RATE = 10 / 10000.0;

/* One cycle's wishes: rows of sleeves chained by symbol, in the order of their making. */
static int wish_sleeve[S * M], wish_next[S * M], head[ROW], tail[ROW], touched[M], wishes, touches;
static double wish_quantity[S * M];

static inline void wish(int sleeve, int symbol, double quantity) {
  wish_sleeve[wishes] = sleeve;
  wish_quantity[wishes] = quantity;
  wish_next[wishes] = -1;
  if (head[symbol] < 0) {
    head[symbol] = wishes;
    touched[touches++] = symbol;
  } else wish_next[tail[symbol]] = wishes;
  tail[symbol] = wishes++;
}

static double quantity[S][ROW] ALIGNED, cost[S][ROW] ALIGNED, account[ROW] ALIGNED, buys[ROW] ALIGNED, sells[ROW] ALIGNED;
static double sums[WINDOWS][ROW] ALIGNED, means[WINDOWS][ROW] ALIGNED, value[ROW] ALIGNED, side[S][ROW] ALIGNED;
static double cash[S], equity[S], previous[S];

/* Exposure to one symbol: the worse end of what is held and what waits. */
static inline double exposure(int m) {
  double high = fabs(account[m] + buys[m]), low = fabs(account[m] - sells[m]);
  return (high > low ? high : low) * value[m];
}

/* An order's shares, dealt: what each sleeve asked, got by the cross, got outside. */
typedef struct { int symbol, first, count; double net; } Order;
static Order orders[M];
static int share_sleeve[S * M];
static double share_wanted[S * M], share_crossed[S * M];

static void book(Records *out, int kind, int s, int m, double units, double price, double money, double fee) {
  double realised = post(&quantity[s][m], &cost[s][m], units, price);
  cash[s] = cash[s] + money - fee;
  note(out, kind, s, m, units, price, money, fee, realised);
}

/* Nets each touched symbol, books the crosses at the open free of fee, and leaves one order each. */
static int net_and_cross(Records *out, const double *open) {
  int count = 0, shares = 0;
  double weight[S], part[S];
  for (int i = 0; i < touches; i++) {
    int m = touched[i], first = shares;
    double bought = 0, sold = 0;
    for (int w = head[m]; w >= 0; w = wish_next[w]) {
      int at = shares++;
      for (; at > first && share_sleeve[at - 1] > wish_sleeve[w]; at--) {
        share_sleeve[at] = share_sleeve[at - 1];
        share_wanted[at] = share_wanted[at - 1];
      }
      share_sleeve[at] = wish_sleeve[w];
      share_wanted[at] = wish_quantity[w];
      if (wish_quantity[w] > 0) bought += wish_quantity[w];
      else sold -= wish_quantity[w];
    }
    head[m] = -1;
    buys[m] = sells[m] = 0;
    int n = shares - first;
    double *wanted = share_wanted + first, *crossed = share_crossed + first;
    double inside = bought < sold ? bought : sold, surplus = bought - sold;
    orders[count++] = (Order){m, first, n, surplus};
    if (inside == 0) {
      for (int k = 0; k < n; k++) crossed[k] = 0;
      continue;
    }
    double major = surplus >= 0 ? 1 : -1;
    for (int k = 0; k < n; k++) weight[k] = wanted[k] * major > 0 ? wanted[k] * major / STEP : 0;
    split(inside / STEP, weight, n, part);
    for (int k = 0; k < n; k++) crossed[k] = wanted[k] * major > 0 ? part[k] * STEP * major : wanted[k];
    double money = traded_cash(inside, open[m]);
    for (int way = 1; way >= -1; way -= 2) {
      for (int k = 0; k < n; k++) weight[k] = crossed[k] * way > 0 ? fabs(crossed[k]) / STEP : 0;
      split(money, weight, n, part);
      for (int k = 0; k < n; k++)
        if (crossed[k] * way > 0) book(out, 1, share_sleeve[first + k], m, crossed[k], open[m], 0 - way * part[k], 0);
    }
  }
  wishes = touches = 0;
  return count;
}

/* The market's fill of one order, within its part of the volume, dealt to the sleeves with cash and fee. */
static void fill(Records *out, const Order *order, double price, double volume) {
  double most = floor(VOLUME_MAX * volume * UNITS / STEP) * STEP, size = fabs(order->net);
  if (size > most) size = most;
  if (size <= 0) return;
  int m = order->symbol, n = order->count, first = order->first;
  double way = order->net > 0 ? 1 : -1, units[S], money[S], fees[S];
  double paid = traded_cash(size, price), fee = fee_of(size, price, RATE);
  account[m] += size * way;
  if (n == 1) {
    book(out, 0, share_sleeve[first], m, size * way, price, 0 - way * paid, fee);
    return;
  }
  for (int k = 0; k < n; k++) {
    double left = (share_wanted[first + k] - share_crossed[first + k]) * way;
    units[k] = left > 0 ? left / STEP : 0;
  }
  split(size / STEP, units, n, units);
  split(paid, units, n, money);
  split(fee / CENT, units, n, fees);
  for (int k = 0; k < n; k++)
    if (units[k] != 0)
      book(out, 0, share_sleeve[first + k], m, units[k] * STEP * way, price, 0 - way * money[k], fees[k] * CENT);
}

static double positions_value(const double *q) {
  double lane[8] ALIGNED = {0};
  int m = 0;
  for (; m + 8 <= M; m += 8)
    for (int j = 0; j < 8; j++) lane[j] += q[m + j] * value[m + j];
  double total = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  for (; m < M; m++) total += q[m] * value[m];
  return total;
}

/* Money that a limit on exposure, as a multiple of equity, leaves. */
static inline double room(double limit, double portfolio, double exposed) {
  double left = limit * portfolio * (1 + EPSILON) - exposed;
  return left > 0 ? left : 0;
}

/* Exits of every sleeve first, then entries in the sleeves' order, each judged after those before it. */
static void decide(const int *fast, const int *slow, long t, double portfolio) {
  static int entry_sleeve[S * M], entry_symbol[S * M];
  static double entry_asked[S * M], entry_claim[S * M], claimed[ROW];
  int entries = 0;
  for (int s = 0; s < S; s++) {
    if (t < SLOW[s] - 1) continue;
    const double *a = means[fast[s]], *b = means[slow[s]];
    double *z = side[s];
    for (int block = 0; block < M; block += 8) {
      int end = block + 8 < M ? block + 8 : M;
      unsigned hits = 0;
      for (int m = block; m < end; m++) hits |= (unsigned)((a[m] - b[m]) * z[m] <= 0) << (m - block);
      for (; hits; hits &= hits - 1) {
        int m = block + __builtin_ctz(hits);
        double next = a[m] - b[m] > 0 ? 1 : -1;
        if (next == z[m]) continue;
        z[m] = next;
        if (next > 0) {
          entry_sleeve[entries] = s;
          entry_symbol[entries++] = m;
        } else if (quantity[s][m] != 0) {
          sells[m] += quantity[s][m];
          wish(s, m, 0 - quantity[s][m]);
        }
      }
    }
  }
  if (entries == 0) return;
  double gross = 0;
  for (int m = 0; m < M; m++) gross += exposure(m);
  for (int i = 0; i < entries; i++) {
    int s = entry_sleeve[i], m = entry_symbol[i];
    double unit = value[m], size = floor(equity[s] * (1.0 / M) / unit / STEP + 1e-9) * STEP;
    entry_asked[i] = size - quantity[s][m];
    entry_claim[i] = 0;
    /* A symbol's room is shared: each entry claims of it what the other limits leave. One alone shares with nobody. */
    if (entries == 1 || entry_asked[i] <= 0) continue;
    double claim = within(room(GROSS_MAX, portfolio, gross), unit, entry_asked[i]);
    entry_claim[i] = within(portfolio / INITIAL_MARGIN - gross, unit, claim) * unit;
    claimed[m] += entry_claim[i];
  }
  for (int i = 0; i < entries; i++) {
    int s = entry_sleeve[i], m = entry_symbol[i];
    double unit = value[m], asked = entry_asked[i], own = entry_claim[i];
    if (asked <= 0) continue;
    double left = room(SYMBOL_MAX, portfolio, exposure(m));
    if (claimed[m] > left && own > 0 && own < claimed[m]) left = left * own / claimed[m];
    double granted = within(left, unit, asked);
    granted = within(room(GROSS_MAX, portfolio, gross), unit, granted);
    granted = within(portfolio / INITIAL_MARGIN - gross, unit, granted);
    claimed[m] -= own;
    if (granted == 0) continue;
    gross -= exposure(m);
    buys[m] += granted;
    gross += exposure(m);
    wish(s, m, granted);
  }
  for (int i = 0; i < entries; i++) claimed[entry_symbol[i]] = 0;
}

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 1;
  double *close = tr(rd("w1_c", (long)M * T), M, T), *open = tr(rd("w1_o", (long)M * T), M, T),
         *volume = tr(rd("w1_v", (long)M * T), M, T);
  int fast[S], slow[S];
  for (int s = 0; s < S; s++) fast[s] = window_of(FAST[s]), slow[s] = window_of(SLOW[s]);
  double seconds[64], portfolio = 0;
  Records out = {0};
  double *curve = 0, *returns = 0, *weights = 0, *correlations = 0;
  for (int run = 0; run < runs; run++) {
    free_records(&out);
    free(curve); free(returns); free(weights); free(correlations);
    double started = now();
    curve = malloc(8L * S * T); returns = malloc(8L * S * T); weights = malloc(8L * S * T);
    correlations = malloc(8L * S * S * T);
    memset(quantity, 0, sizeof quantity); memset(cost, 0, sizeof cost); memset(account, 0, sizeof account);
    memset(buys, 0, sizeof buys); memset(sells, 0, sizeof sells); memset(sums, 0, sizeof sums);
    for (int m = 0; m < M; m++) head[m] = -1;
    for (int s = 0; s < S; s++) {
      cash[s] = CAPITAL / S * COUNTS;
      previous[s] = CAPITAL / S;
      for (int m = 0; m < M; m++) side[s][m] = -1;
    }
    wishes = touches = 0;
    Moments moments;
    start_moments(&moments);
    for (long t = 0; t < T; t++) {
      const double *c = close + t * M, *o = open + t * M, *v = volume + t * M;
      if (wishes) {
        int count = net_and_cross(&out, o);
        for (int i = 0; i < count; i++)
          if (orders[i].net != 0) fill(&out, &orders[i], o[orders[i].symbol], v[orders[i].symbol]);
      }
      for (int m = 0; m < M; m++) value[m] = c[m] * (1 / UNITS);
      portfolio = 0;
      for (int s = 0; s < S; s++) {
        equity[s] = cash[s] / COUNTS + positions_value(quantity[s]);
        portfolio += equity[s];
        curve[t * S + s] = equity[s];
        returns[t * S + s] = equity[s] / previous[s] - 1;
        previous[s] = equity[s];
      }
      for (int k = 0; k < WINDOWS; k++) {
        double *sum = sums[k], *mean = means[k], bars = WINDOW[k];
        if (t >= WINDOW[k]) {
          const double *old = c - (long)WINDOW[k] * M;
          for (int m = 0; m < M; m++) sum[m] = sum[m] + c[m] - old[m], mean[m] = sum[m] / bars;
        } else
          for (int m = 0; m < M; m++) sum[m] += c[m], mean[m] = sum[m] / bars;
      }
      decide(fast, slow, t, portfolio);
      advance_moments(&moments, returns, t, weights + t * S, correlations + t * S * S);
    }
    seconds[run] = now() - started;
  }
  HASH = 2166136261u;
  hash_records(&out);
  hash_doubles(curve, (long)S * T);
  hash_doubles(weights, (long)S * T);
  hash_doubles(correlations, (long)S * S * T);
  printf("{\"seconds\":%.6f,\"final\":%.17g,\"fills\":%ld,\"checksum\":\"%08x\",\"rssMb\":%.1f}\n", seconds[runs - 1], portfolio, out.count, HASH, rss());
}
