/* fetch_tags.h - the tags of an HTML page one after another, and the text between them, without a tree. */
#ifndef FETCH_TAGS_H
#define FETCH_TAGS_H

#include "pressline.h"

/* Where the reading stands in a page, which must outlive it. */
struct tags {
    const char *at, *end;
    unsigned templates; /* that are open */
};

struct tag {
    pl_str name;       /* as written */
    bool closes;       /* </name> */
    pl_str text;       /* between the tag before and this one, references not undone */
    const char *inner; /* behind the name: for tag_attribute() */
};

struct tag_attribute {
    pl_str name, value; /* references not undone */
};

/* The next tag; comments, and what is in <script>, <style>, <title> and the like, are passed over, and so are templates with
 * all that is in them.  False at the end.  All of a page takes time linear in it, whatever is wrong with it. */
bool tags_next(struct tags *t, struct tag *tag);

/* The attributes in their order; start with tag->inner, which is moved.  False behind the last. */
bool tag_attribute_next(const struct tags *t, const char **at, struct tag_attribute *a);

/* Is `s` the word, which is in small letters, in whatever case? */
bool tag_is(pl_str s, const char *word);

#endif
