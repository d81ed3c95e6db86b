// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers for people: three significant digits, with a unit.

function digits(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function count(value) {
  return value.toLocaleString("en");
}

/** The end of a bucket in seconds, as short as can be: "2.5 ms". */
export function edge(seconds) {
  if (seconds < 0.001) {
    return `${+(seconds * 1e6).toFixed(0)} µs`;
  }
  return seconds < 1 ? `${+(seconds * 1000).toFixed(1)} ms` : `${+seconds.toFixed(1)} s`;
}

/** [number, unit] of a duration in seconds. */
export function durationParts(seconds) {
  if (seconds === null) {
    return ["–", ""];
  }
  if (seconds < 0.001) {
    return [(seconds * 1e6).toFixed(0), "µs"];
  }
  if (seconds < 1) {
    return [digits(seconds * 1000), "ms"];
  }
  return seconds < 120 ? [digits(seconds), "s"] : [digits(seconds / 60), "min"];
}

export function duration(seconds) {
  return durationParts(seconds).join(" ").trim();
}

/** Of something that goes on: "42 s", "3 min", "5 h 12 min", "3 d 4 h". */
export function age(seconds) {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.floor(seconds);
  if (whole < 120) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** [number, unit] of a number of bytes. */
export function memoryParts(bytes) {
  const mebibytes = bytes / 1048576;
  return mebibytes < 1024 ? [digits(mebibytes), "MiB"] : [digits(mebibytes / 1024), "GiB"];
}

export function memory(bytes) {
  return bytes ? memoryParts(bytes).join(" ") : "–";
}

export function rate(perSecond) {
  return perSecond === 0 ? "0" : digits(perSecond);
}

/** A time of the server, in that of the reader. */
export function clock(iso) {
  const time = new Date(iso);
  const today = time.toDateString() === new Date().toDateString();
  return today ? time.toLocaleTimeString() : time.toLocaleString();
}
