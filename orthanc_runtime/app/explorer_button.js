// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs in Orthanc Explorer, whose jQuery Mobile makes a button of the link.
(function () {
  $(document).on('pagebeforecreate', '#lookup', function () {
    $('<a>')
      .attr({
        id: 'orthanc-runtime',
        href: '../python-runtime/app/',
        rel: 'external',
        'data-role': 'button',
        'data-icon': 'gear',
      })
      .text('Python workers')
      .insertBefore($(this).find('#lookup-result'));
  });
})();
