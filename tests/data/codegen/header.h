/* SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A made-up SDK with one example of every shape that the rules know. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define ORTHANC_PLUGINS_MINIMAL_MAJOR_NUMBER 1
#define ORTHANC_PLUGINS_MINIMAL_MINOR_NUMBER 2
#define ORTHANC_PLUGINS_MINIMAL_REVISION_NUMBER 3

/** What went wrong. **/
typedef enum
{
  OrthancPluginErrorCode_InternalError = -1 /*!< Something else */,
  OrthancPluginErrorCode_Success = 0,
  OrthancPluginErrorCode_NoCFindHandler = 7,

  _OrthancPluginErrorCode_INTERNAL = 0x7fffffff
} OrthancPluginErrorCode;

typedef enum
{
  OrthancPluginColour_Red = 1,
  OrthancPluginColour_DarkRed __attribute__((deprecated)) = 2, /*!< Not bright */
  OrthancPluginColour_RGB24 = (1 << 4),

  _OrthancPluginColour_INTERNAL = 0x7fffffff
} OrthancPluginColour;

typedef struct _OrthancPluginContext_t
{
  void* nothing;
} OrthancPluginContext;

typedef struct
{
  void* data;
  uint32_t size;
} OrthancPluginMemoryBuffer;

/**
 * @brief A lamp.
 * @ingroup Lamps
 **/
typedef struct _OrthancPluginLamp_t OrthancPluginLamp;

/** A visit that ends with its callback. **/
typedef struct _OrthancPluginVisit_t OrthancPluginVisit;

typedef void (*OrthancPluginWatcher)(OrthancPluginColour colour);
typedef void (*OrthancPluginTick)();

const char* OrthancPluginGetName();

/**
 * @brief Count the lamps.
 *
 * Count the lamps. Those that are broken count as well.
 *
 * @param context The context.
 * @return The number of lamps.
 * @see OrthancPluginCreateLamp()
 **/
static inline int OrthancPluginCountLamps(OrthancPluginContext* context)
{
  return context != NULL;
}

/**
 * Describe a lamp.
 * @param context The context.
 * @param from Its place.
 * @return The NULL value in case of error, or the text. It must be freed by OrthancPluginFreeString().
 **/
char* OrthancPluginDescribe(OrthancPluginContext* context, const char* from);

void OrthancPluginFreeString(OrthancPluginContext* context, char* text);

/** @return The motto, NULL if there is none. **/
const char* OrthancPluginGetMotto(OrthancPluginContext* context);

/** @return The name. **/
const char* OrthancPluginGetHouse(OrthancPluginContext* context);

/**
 * Keep a value.
 * @param key The key.
 * @param value The value.
 * @param valueSize Its size.
 * @return 0 if success; see ::OrthancPluginErrorCode_NoCFindHandler.
 * @note Bytes of
 * any kind.
 **/
OrthancPluginErrorCode OrthancPluginKeep(
  OrthancPluginContext* context, const char* key, const void* value, uint32_t valueSize);

OrthancPluginErrorCode OrthancPluginKeepLarge(
  OrthancPluginContext* context, const void* value, uint64_t valueSize);

OrthancPluginErrorCode OrthancPluginFetch(
  OrthancPluginContext* context, OrthancPluginMemoryBuffer* target, const char* key);

OrthancPluginErrorCode OrthancPluginLookFor(
  OrthancPluginContext* context, uint8_t* found, OrthancPluginMemoryBuffer* target,
  const char* key);

OrthancPluginErrorCode OrthancPluginTake(
  OrthancPluginContext* context, uint8_t* found, OrthancPluginMemoryBuffer* target,
  uint64_t* ticket, const char* key);

OrthancPluginErrorCode OrthancPluginIsDark(OrthancPluginContext* context, uint8_t* dark);

/**
 * Ask over HTTP.
 * @param user The user (can be <tt>NULL</tt> if nobody asks).
 **/
OrthancPluginErrorCode OrthancPluginAsk(
  OrthancPluginContext* context, OrthancPluginMemoryBuffer* answerBody,
  OrthancPluginMemoryBuffer* answerHeaders, uint16_t* status, const char* uri,
  uint32_t headersCount, const char* const* headersKeys, const char* const* headersValues,
  const void* body, uint32_t bodySize, const char* user);

/** @param pattern A pattern. Can be NULL. **/
OrthancPluginLamp* OrthancPluginCreateLamp(
  OrthancPluginContext* context, OrthancPluginColour colour, float watts,
  const OrthancPluginLamp* pattern);

void OrthancPluginFreeLamp(OrthancPluginContext* context, OrthancPluginLamp* lamp);

OrthancPluginColour OrthancPluginGetLampColour(
  OrthancPluginContext* context, const OrthancPluginLamp* lamp);

void OrthancPluginLampPaint(
  OrthancPluginContext* context, OrthancPluginLamp* lamp, uint8_t r, uint8_t g, uint8_t b);

OrthancPluginErrorCode OrthancPluginShow(
  OrthancPluginContext* context, OrthancPluginVisit* visit, const OrthancPluginLamp* lamp,
  OrthancPluginColour format, uint32_t width, uint32_t height, uint32_t pitch,
  const void* pixels);

void OrthancPluginBow(
  OrthancPluginContext* context, OrthancPluginVisit* visit, const char* body, uint32_t bodySize);

void OrthancPluginWatch(OrthancPluginContext* context, OrthancPluginWatcher watcher);
