// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The upper ends of the buckets in the status, in seconds; null takes the rest.
const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const DECADES = [-4, -3, -2, -1, 0, 1, 2];
const LAST = 300;

export const ENDS = [
  ...DECADES.flatMap((decade) => MANTISSAS.map((mantissa) => Number(`${mantissa}e${decade}`))),
].filter((end) => end <= LAST).concat(null);
