/* train_entities.c - trains the names model of the stage entities.
 *
 * The recipe: labels of nationalities are repaired; noisy texts are masked
 * where five models of the clean ones do not agree with their labels; altered
 * copies are added; one averaged perceptron is trained, pruned and rounded to
 * eight bits.  The same files give the same bytes. */
#include <getopt.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "augment.h"
#include "entities_feature.h"
#include "entities_tagger.h"
#include "labels.h"
#include "model_file.h"

enum { VARIANTS = 5, HELD_OUT = 12 };

struct settings {
    const char *output;
    struct model_settings model;
    struct learning learning;
    unsigned votes; /* of the models that a noisy label needs */
    double trust;   /* share of the noisy texts that are taken as they are */
    double copies;  /* altered copies of noisy texts, for each of them */
    bool no_copies;
};

struct data {
    struct gazetteer *gaz;
    struct corpus clean, noisy, copies;
    struct counts casing;
    struct model blank; /* casing and no weights */
};

static void add_all(struct examples *e, const struct data *d, const struct corpus *c, unsigned without)
{
    for (size_t i = 0; i < c->n; i++)
        examples_add(e, d->gaz, &d->blank, &c->at[i], without);
}

/* Has models of the clean texts vote on the labels of the noisy ones. */
static void mask_noisy(const struct settings *s, struct data *d)
{
    static const unsigned without[VARIANTS] = {0, FEATURES_AFFIXES, FEATURES_RUN, FEATURES_EVIDENCE,
                                               FEATURES_RUN_PAIRS};
    struct bytes files[VARIANTS];
    struct model models[VARIANTS];
    size_t masked = 0;
    struct model_settings whole = s->model;
    whole.prune = 0;
    for (unsigned k = 0; k < VARIANTS; k++) {
        struct examples e = {0};
        struct weights w;
        add_all(&e, d, &d->clean, without[k]);
        learn(&w, &e, &(struct learning){.epochs = 5, .rounds = 1, .least = 1, .seed = k + 1});
        files[k] = model_file_make(&whole, &d->casing, &w);
        model_file_use(&models[k], &files[k]);
        weights_free(&w);
        examples_free(&e);
    }
    for (size_t i = 0; i < d->noisy.n; i++)
        if ((double)(i % 100) >= s->trust * 100)
            masked += labels_vote(&d->noisy.at[i], d->gaz, models, VARIANTS, s->votes);
    fprintf(stderr, "noisy texts: %zu, spans masked: %zu\n", d->noisy.n, masked);
    for (unsigned k = 0; k < VARIANTS; k++)
        free(files[k].at);
}

/* --- how good --- */

struct sure {
    double margin;
    bool right;
};

/* Is it among the text's own names? */
static bool is_wanted(const struct text *t, const struct mention *m)
{
    struct span s = {m->begin, m->end, m->type > SPAN_MISC ? SPAN_MISC : m->type};
    return t->n_spans && bsearch(&s, t->spans, t->n_spans, sizeof s, span_compare);
}

static void score(const char *path, const struct gazetteer *gaz, const struct model *m)
{
    struct corpus dev = {0};
    size_t right[5] = {0}, found[5] = {0}, wanted[5] = {0};
    corpus_read(&dev, path);
    for (size_t k = 0; k < dev.n; k++)
        for (size_t i = 0; i < dev.at[k].n_spans; i++)
            if (dev.at[k].spans[i].type <= SPAN_MISC)
                wanted[dev.at[k].spans[i].type]++;
    for (size_t k = 0; k < dev.n; k++) {
        const struct text *t = &dev.at[k];
        struct prepared p;
        prepare(&p, gaz, m, t);
        if (!tagger_find(&p.d, m, &p.rules))
            exit(1);
        for (size_t i = 0; i < p.rules.n; i++) {
            const struct mention *x = &p.rules.at[i];
            int y = x->type > SPAN_MISC ? SPAN_MISC : x->type;
            if (y == SPAN_MISC && !wanted[SPAN_MISC])
                continue;
            found[y]++;
            right[y] += is_wanted(t, x);
        }
        prepared_done(&p);
    }
    for (int y = 0; y < 4; y++) {
        right[4] += right[y];
        found[4] += found[y];
        wanted[4] += wanted[y];
    }
    static const char *const names[] = {"PER", "ORG", "LOC", "MISC"};
    const char *name = strrchr(path, '/');
    printf("%-28s", name ? name + 1 : path);
    for (int y = 4; y >= 0; y--) {
        double p = found[y] ? 100.0 * (double)right[y] / (double)found[y] : 0;
        double r = wanted[y] ? 100.0 * (double)right[y] / (double)wanted[y] : 0;
        if (y == 4)
            printf(" F %5.2f (P %5.2f R %5.2f)", p + r > 0 ? 2 * p * r / (p + r) : 0, p, r);
        else
            printf("  %s %5.1f", names[y], p + r > 0 ? 2 * p * r / (p + r) : 0);
    }
    printf("\n");
    corpus_free(&dev);
}

/* --- training --- */

/* Weights from all texts, or from all but every HELD_OUT-th clean one and no copies. */
static void train(struct weights *w, const struct settings *s, const struct data *d, bool hold_out)
{
    struct examples e = {0};
    struct learning how = s->learning;
    for (size_t i = 0; i < d->clean.n; i++)
        if (!hold_out || i % HELD_OUT)
            examples_add(&e, d->gaz, &d->blank, &d->clean.at[i], 0);
    add_all(&e, d, &d->noisy, 0);
    if (hold_out)
        how.rounds = 1;
    else
        add_all(&e, d, &d->copies, 0);
    learn(w, &e, &how);
    examples_free(&e);
}

static double limit(double step, double most)
{
    return fmin(fmax(step, -most), most);
}

/* Fits 1 / (1 + exp(-(a * margin + b))) to how often names with a margin are right, by Newton's method. */
static void fit(const struct sure *at, size_t n, double *a, double *b)
{
    *a = 0.01;
    *b = 0;
    for (int round = 0; round < 100; round++) {
        double g0 = 0, g1 = 0, h00 = 1e-6, h01 = 0, h11 = 1e-6;
        for (size_t i = 0; i < n; i++) {
            double p = 1 / (1 + exp(-(*a * at[i].margin + *b))), e = p - at[i].right, v = p * (1 - p);
            g0 += e * at[i].margin;
            g1 += e;
            h00 += v * at[i].margin * at[i].margin;
            h01 += v * at[i].margin;
            h11 += v;
        }
        double det = h00 * h11 - h01 * h01;
        if (fabs(det) < 1e-12)
            break;
        *a -= limit((h11 * g0 - h01 * g1) / det, 0.002);
        *b -= limit((h00 * g1 - h01 * g0) / det, 0.2);
    }
}

/* How sure a margin makes, from clean texts that a model of the others has not seen. */
static void calibrate(struct settings *s, const struct data *d)
{
    struct weights w;
    struct model m;
    size_t n = 0, cap = 0;
    struct sure *at = NULL;
    train(&w, s, d, true);
    s->model.slope = 0.01; /* undone below: scores are 1 / (1 + exp(-0.01 margin)) */
    s->model.offset = 0;
    struct bytes file = model_file_make(&s->model, &d->casing, &w);
    model_file_use(&m, &file);
    for (size_t i = 0; i < d->clean.n; i += HELD_OUT) {
        struct prepared p;
        prepare(&p, d->gaz, &m, &d->clean.at[i]);
        if (!tagger_find(&p.d, &m, &p.rules))
            exit(1);
        for (size_t k = 0; k < p.rules.n; k++) {
            const struct mention *x = &p.rules.at[k];
            if (n == cap)
                at = grow(at, cap = cap ? cap * 2 : 1024, sizeof *at);
            double p0 = fmin(fmax((double)x->score, 1e-6), 1 - 1e-6);
            at[n++] = (struct sure){log(p0 / (1 - p0)) * 100, is_wanted(&d->clean.at[i], x)};
        }
        prepared_done(&p);
    }
    fit(at, n, &s->model.slope, &s->model.offset);
    fprintf(stderr, "sure: %zu names, 1 / (1 + exp(-(%.4f margin %+.3f)))\n", n, s->model.slope, s->model.offset);
    free(at);
    free(file.at);
    weights_free(&w);
}

static void make_copies(struct data *d, const struct settings *s)
{
    struct pools pools = {0};
    pools_fill(&pools, &d->clean);
    pools_fill(&pools, &d->noisy);
    augment(&d->copies, &d->clean, &pools, 1, s->learning.seed + 11);
    augment(&d->copies, &d->noisy, &pools, s->copies, s->learning.seed + 12);
    pools_free(&pools);
}

/* Reads the casing of all texts, and repairs their labels. */
static void make_ready(const struct settings *s, struct data *d, struct corpus *no_misc)
{
    struct corpus *all[] = {&d->clean, no_misc, &d->noisy};
    counts_init(&d->casing);
    struct bytes none = model_file_make(&s->model, &d->casing, NULL);
    model_file_use(&d->blank, &none);
    for (size_t i = 0; i < 3; i++)
        counts_add(&d->casing, d->gaz, all[i], &d->blank);
    struct bytes cased = model_file_make(&s->model, &d->casing, NULL);
    model_file_use(&d->blank, &cased);
    for (size_t i = 0; i < 3; i++)
        labels_repair(all[i], d->gaz, &d->blank, all[i] == &d->noisy);
    labels_allow_misc(no_misc, d->gaz, &d->blank);
    for (size_t i = 0; i < no_misc->n; i++)
        *corpus_add(&d->clean) = no_misc->at[i]; /* which now owns them */
    no_misc->n = 0;
}

static void run(struct settings *s, struct data *d, struct corpus *no_misc)
{
    make_ready(s, d, no_misc);
    if (d->noisy.n)
        mask_noisy(s, d);
    if (!s->no_copies)
        make_copies(d, s);
    calibrate(s, d);

    struct weights w;
    train(&w, s, d, false);
    struct bytes file = model_file_make(&s->model, &d->casing, &w);
    FILE *f = fopen(s->output, "wb");
    if (!f || fwrite(file.at, 1, file.len, f) != file.len || fclose(f) != 0) {
        perror(s->output);
        exit(1);
    }
    fprintf(stderr, "%s: %zu bytes\n", s->output, file.len);
    model_file_use(&d->blank, &file);
}

/* Only scores a model that is there. */
static int score_all(const struct gazetteer *gaz, const char *path, char **sets, int n)
{
    struct model m;
    const char *why;
    if (!model_map(&m, path, &why)) {
        fprintf(stderr, "train-entities: %s: %s\n", path, why);
        return 1;
    }
    for (int k = 0; k < n; k++)
        score(sets[k], gaz, &m);
    return 0;
}

static void usage(int status)
{
    fputs("usage: train-entities --output FILE [--language CODE] [--noisy FILE]... [--no-misc FILE]... [--dev FILE]... "
          "FILE...\n"
          "FILE: *.conll (WORD<TAB>LABEL, B-PER I-PER B-ORG ... O, ? for unknown, `# document` before each text)\n"
          "      or JSON lines with \"text\" and \"entities\": [[begin, end, type], ...]\n"
          "       train-entities --score MODEL FILE...\n"
          "--noisy: labels that need a vote; --no-misc: without the type MISC; --dev: only scored, never learnt\n"
          "for experiments: --epochs, --rounds, --margin, --seed, --trust, --votes, --prune, --copies, each with a "
          "number; --no-copies\n",
          status ? stderr : stdout);
    exit(status);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, 0, 'o'},  {"language", required_argument, 0, 'l'},
        {"noisy", required_argument, 0, 'n'},   {"no-misc", required_argument, 0, 'm'},
        {"dev", required_argument, 0, 'd'},     {"epochs", required_argument, 0, 'e'},
        {"rounds", required_argument, 0, 'r'},  {"margin", required_argument, 0, 'g'},
        {"trust", required_argument, 0, 't'},   {"votes", required_argument, 0, 'v'},
        {"prune", required_argument, 0, 'p'},   {"copies", required_argument, 0, 'c'},
        {"seed", required_argument, 0, 's'},    {"no-copies", no_argument, 0, 'A'},
        {"score", required_argument, 0, 'S'},   {"help", no_argument, 0, 'h'},
        {0, 0, 0, 0}};
    struct settings s = {.model = {.language = "en", .prune = 3}, .votes = 1, .trust = 0.2, .copies = 0.4,
                         .learning = {.epochs = 5, .rounds = 8, .least = 2, .margin = 30, .seed = 1}};
    struct data d = {.gaz = gazetteer_new()};
    struct corpus no_misc = {0};
    const char **dev = NULL;
    size_t n_dev = 0;
    if (!d.gaz)
        return 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'o': s.output = optarg; break;
        case 'l': s.model.language = optarg; break;
        case 'n': corpus_read(&d.noisy, optarg); break;
        case 'm': corpus_read(&no_misc, optarg); break;
        case 'd':
            dev = grow(dev, n_dev + 1, sizeof *dev);
            dev[n_dev++] = optarg;
            break;
        case 'e': s.learning.epochs = (unsigned)atoi(optarg); break;
        case 'r': s.learning.rounds = (unsigned)atoi(optarg); break;
        case 'g': s.learning.margin = (float)atof(optarg); break;
        case 's': s.learning.seed = (uint64_t)atoll(optarg); break;
        case 't': s.trust = atof(optarg); break;
        case 'v': s.votes = (unsigned)atoi(optarg); break;
        case 'p': s.model.prune = (float)atof(optarg); break;
        case 'c': s.copies = atof(optarg); break;
        case 'A': s.no_copies = true; break;
        case 'S': return score_all(d.gaz, optarg, argv + optind, argc - optind);
        default: usage(o == 'h' ? 0 : 64);
        }
    }
    if (!s.output || optind == argc)
        usage(64);
    for (; optind < argc; optind++)
        corpus_read(&d.clean, argv[optind]);
    run(&s, &d, &no_misc);
    for (size_t k = 0; k < n_dev; k++)
        score(dev[k], d.gaz, &d.blank);
    return 0;
}
