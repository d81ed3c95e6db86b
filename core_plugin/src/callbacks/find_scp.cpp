// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// C-FIND queries of DICOM peers, but for those of worklists.
#include "bindings/registration.h"
#include "bindings/sdk_object.h"
#include "callbacks/call_python.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kFind = "the C-FIND callback";

OrthancPluginErrorCode answer_find(OrthancPluginFindAnswers* answers,
                                   const OrthancPluginFindQuery* query, const char* issuer_aet,
                                   const char* called_aet) noexcept {
  return call_python(kFind, [&] {
    const Lent<OrthancPluginFindAnswers> lent_answers(answers);
    const Lent<OrthancPluginFindQuery> lent_query(query);
    runtime().find_scp.get()(lent_answers.object(), lent_query.object(), copy_string(issuer_aet),
                             copy_string(called_aet));
  });
}

void register_find(const py::object& callback) {
  runtime().find_scp.claim("RegisterFindCallback", callback);
  check(call_sdk([] { return OrthancPluginRegisterFindCallback(sdk(), &answer_find); }));
}

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)

OrthancPluginErrorCode answer_find_2(OrthancPluginFindAnswers* answers,
                                     const OrthancPluginFindQuery* query,
                                     const OrthancPluginDicomConnection* connection) noexcept {
  return call_python(kFind, [&] {
    const Lent<OrthancPluginFindAnswers> lent_answers(answers);
    const Lent<OrthancPluginFindQuery> lent_query(query);
    const Lent<OrthancPluginDicomConnection> lent_connection(connection);
    runtime().find_scp.get()(lent_answers.object(), lent_query.object(), lent_connection.object());
  });
}

void register_find_2(const py::object& callback) {
  runtime().find_scp.claim("RegisterFindCallback2", callback);
  check(call_sdk([] { return OrthancPluginRegisterFindCallback2(sdk(), &answer_find_2); }));
}

#endif

}  // namespace

void bind_find_scp(py::module_& module) {
  module.def("RegisterFindCallback", &register_find,
             "RegisterFindCallback(callback)\n\n"
             "Calls callback(answers, query, issuer_aet, called_aet) for each C-FIND, in place of "
             "Orthanc's own search.");
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)
  module.def("RegisterFindCallback2", &register_find_2,
             "RegisterFindCallback2(callback)\n\n"
             "Calls callback(answers, query, connection) for each C-FIND, in place of Orthanc's "
             "own search.");
#endif
}

}  // namespace orthanc_runtime
