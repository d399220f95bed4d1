/* What the loops share: reading columns, the clock, money rounding, largest remainders, the check sum. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/resource.h>

#define ALIGNED __attribute__((aligned(64)))
#define COUNTS 1000000.0   /* money counts in one unit of currency */
#define UNITS 1000000.0    /* units in one share */
#define STEP 1000000.0     /* units in one dealing step: a whole share */
#define CENT 10000.0       /* money counts in a cent */
#define EXACT 9007199254740991.0

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static double rss(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_maxrss / 1024.0;
}

static double *allocate(long count) { return aligned_alloc(64, ((count * 8 + 63) / 64) * 64); }

/* One column file, little-endian float64, from WORKLOAD_DIR. */
static double *rd(const char *name, long count) {
  char path[1024];
  const char *dir = getenv("WORKLOAD_DIR");
  snprintf(path, sizeof path, "%s/%s.f64", dir ? dir : "data", name);
  FILE *f = fopen(path, "rb");
  if (!f) { fprintf(stderr, "cannot read %s\n", path); exit(1); }
  double *a = allocate(count);
  if ((long)fread(a, 8, count, f) != count) { fprintf(stderr, "%s is too short\n", path); exit(1); }
  fclose(f);
  return a;
}

/* Symbol-major to time-major. */
static double *tr(double *a, long symbols, long bars) {
  double *b = allocate(symbols * bars);
  for (long m = 0; m < symbols; m++)
    for (long t = 0; t < bars; t++) b[t * symbols + m] = a[m * bars + t];
  free(a);
  return b;
}

static int cmpd(const void *a, const void *b) {
  double x = *(double *)a, y = *(double *)b;
  return x < y ? -1 : x > y;
}

static double med(double *a, int n) {
  qsort(a, n, 8, cmpd);
  return a[n / 2];
}

/* |quantity| x price in money counts, rounded half up once. */
static inline double traded_cash(double quantity, double price) {
  double counts = fabs(quantity) * price, whole = floor(counts);
  return counts - whole >= 0.5 ? whole + 1 : whole;
}

/* The broker's fee for a whole order: basis points of its value, half up to cents, in money counts. */
static inline double fee_of(double quantity, double price, double rate) {
  double charge = rate * (fabs(quantity) / UNITS * price);
  if (charge == 0) return 0;
  double steps = charge / 0.01, whole = floor(steps), slack = 1e-9 * (steps > 1 ? steps : 1);
  double rounded = steps - whole >= 0.5 - slack ? whole + 1 : whole;
  return floor(rounded * (0.01 * COUNTS) + 0.5);
}

/* Splits a whole total of at least 0 over whole weights by largest remainder; ties to the earliest. out may be weights. */
static inline void split(double total, const double *weights, int count, double *out) {
  double sum = 0, largest = 0, rest[64];
  for (int i = 0; i < count; i++) {
    sum += weights[i];
    if (weights[i] > largest) largest = weights[i];
  }
  if (sum == 0) {
    for (int i = 0; i < count; i++) out[i] = 0;
    return;
  }
  double left = total;
  if (total * largest <= EXACT) {
    for (int i = 0; i < count; i++) {
      double product = total * weights[i], share = floor(product / sum);
      if (share * sum > product) share -= 1;
      rest[i] = product - share * sum;
      out[i] = share;
      left -= share;
    }
  } else {
    for (int i = 0; i < count; i++) {
      unsigned __int128 product = (unsigned __int128)(uint64_t)total * (uint64_t)weights[i];
      uint64_t share = (uint64_t)(product / (uint64_t)sum);
      rest[i] = (double)(uint64_t)(product % (uint64_t)sum);
      out[i] = (double)share;
      left -= (double)share;
    }
  }
  for (; left > 0; left--) {
    int best = 0;
    for (int i = 1; i < count; i++) if (rest[i] > rest[best]) best = i;
    rest[best] = -1;
    out[best] += 1;
  }
}

/* Books at average cost; returns the realised gain of what was closed. */
static inline double post(double *quantity, double *cost, double delta, double price) {
  double before = *quantity, after = before + delta, realised = 0;
  if (before == 0 || (before > 0) == (delta > 0)) *cost += delta / UNITS * price;
  else {
    double average = *cost / (before / UNITS);
    int through = after != 0 && (after > 0) != (before > 0);
    double closed = through ? before : 0 - delta;
    realised = closed / UNITS * (price - average);
    *cost = after == 0 ? 0 : after / UNITS * (through ? price : average);
  }
  *quantity = after;
  return realised;
}

/* What fits into a money room: all that was asked, else whole steps of it. */
static inline double within(double room, double unit, double asked) {
  if (room >= asked * unit) return asked;
  double fitting = room <= 0 ? 0 : floor(room / unit / STEP + 1e-9) * STEP;
  return fitting >= asked ? asked : fitting;
}

/* What one booking leaves behind, as columns; grown by doubling. */
typedef struct {
  long count, room;
  int32_t *kind, *sleeve, *symbol;
  double *quantity, *price, *cash, *fee, *realised;
} Records;

static void grow(Records *r) {
  r->room = r->room ? r->room * 2 : 65536;
  r->kind = realloc(r->kind, 4 * r->room);
  r->sleeve = realloc(r->sleeve, 4 * r->room);
  r->symbol = realloc(r->symbol, 4 * r->room);
  r->quantity = realloc(r->quantity, 8 * r->room);
  r->price = realloc(r->price, 8 * r->room);
  r->cash = realloc(r->cash, 8 * r->room);
  r->fee = realloc(r->fee, 8 * r->room);
  r->realised = realloc(r->realised, 8 * r->room);
}

static inline void note(Records *r, int kind, int sleeve, int symbol, double quantity, double price, double cash,
                        double fee, double realised) {
  if (r->count == r->room) grow(r);
  long i = r->count++;
  r->kind[i] = kind;
  r->sleeve[i] = sleeve;
  r->symbol[i] = symbol;
  r->quantity[i] = quantity;
  r->price[i] = price;
  r->cash[i] = cash;
  r->fee[i] = fee;
  r->realised[i] = realised;
}

static void free_records(Records *r) {
  free(r->kind); free(r->sleeve); free(r->symbol); free(r->quantity); free(r->price); free(r->cash); free(r->fee);
  free(r->realised);
  memset(r, 0, sizeof *r);
}

/* FNV-1a over 32-bit words; zeros have no sign. */
static uint32_t HASH;
static void hash_words(const void *data, long words) {
  const uint32_t *w = data;
  for (long i = 0; i < words; i++) HASH = (HASH ^ w[i]) * 16777619u;
}
static void hash_doubles(double *a, long count) {
  for (long i = 0; i < count; i++) a[i] = a[i] + 0.0;
  hash_words(a, count * 2);
}
static void hash_records(Records *r) {
  hash_words(r->kind, r->count);
  hash_words(r->sleeve, r->count);
  hash_words(r->symbol, r->count);
  hash_doubles(r->quantity, r->count);
  hash_doubles(r->price, r->count);
  hash_doubles(r->cash, r->count);
  hash_doubles(r->fee, r->count);
  hash_doubles(r->realised, r->count);
}
