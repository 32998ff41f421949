/* t_noentry.c - a shared object that is no plugin. */
#include "pressline.h"

PL_EXPORT int pl_plugin_v9(void);
int pl_plugin_v9(void)
{
    return 9;
}
