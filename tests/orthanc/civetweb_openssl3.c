// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// LD_PRELOAD for the tests over HTTPS. libcivetweb 1.15 of Debian 12 looks up
// SSL_get_peer_certificate at run time, which OpenSSL 3 renamed, and then calls a null pointer:
// there Orthanc dies at the first HTTPS request, with or without plugins.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

typedef void* (*lookup_t)(void*, const char*);

static lookup_t real_dlsym(void) {
  static const char* const versions[] = {"GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17"};
  static lookup_t found;
  for (size_t i = 0; found == NULL && i < sizeof versions / sizeof versions[0]; ++i) {
    found = (lookup_t)dlvsym(RTLD_NEXT, "dlsym", versions[i]);
  }
  return found;
}

void* dlsym(void* handle, const char* name) {
  const lookup_t real = real_dlsym();
  if (strcmp(name, "SSL_get_peer_certificate") == 0) {
    void* const found = real(handle, name);
    return found != NULL ? found : real(handle, "SSL_get1_peer_certificate");
  }
  // A tail call: with RTLD_NEXT the real one looks at who called.
  return real(handle, name);
}
