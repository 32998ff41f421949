/* fetch_config.h - the stage's options. */
#ifndef FETCH_CONFIG_H
#define FETCH_CONFIG_H

#include "pressline.h"

struct config {
    pl_list inputs;
    pl_str format;
    pl_list map;
    bool heads, verify;
    /* the web */
    bool pages;
    pl_str since;
    int64_t max_age;
    pl_list include, exclude;
    int64_t limit;
    pl_str contact;
    int64_t delay, transfers, per_site;
    pl_str group;
    int64_t connect_timeout, transfer_timeout, max_body, redirects, retries;
    pl_list allow_private;
    pl_str proxy, ca_file;
    pl_list resolve, tracking;
    pl_str store, record, recorded;
};

#endif
