// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// C-FIND queries of DICOM peers for modality worklists.
#include "bindings/registration.h"
#include "bindings/sdk_object.h"
#include "callbacks/call_python.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kWorklist = "the worklist callback";

OrthancPluginErrorCode list_worklists(OrthancPluginWorklistAnswers* answers,
                                      const OrthancPluginWorklistQuery* query,
                                      const char* issuer_aet, const char* called_aet) noexcept {
  return call_python(kWorklist, [&] {
    const Lent<OrthancPluginWorklistAnswers> lent_answers(answers);
    const Lent<OrthancPluginWorklistQuery> lent_query(query);
    runtime().worklist_scp.get()(lent_answers.object(), lent_query.object(),
                                 copy_string(issuer_aet), copy_string(called_aet));
  });
}

void register_worklist(const py::object& callback) {
  runtime().worklist_scp.claim("RegisterWorklistCallback", callback);
  check(call_sdk([] { return OrthancPluginRegisterWorklistCallback(sdk(), &list_worklists); }));
}

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)

OrthancPluginErrorCode list_worklists_2(OrthancPluginWorklistAnswers* answers,
                                        const OrthancPluginWorklistQuery* query,
                                        const OrthancPluginDicomConnection* connection) noexcept {
  return call_python(kWorklist, [&] {
    const Lent<OrthancPluginWorklistAnswers> lent_answers(answers);
    const Lent<OrthancPluginWorklistQuery> lent_query(query);
    const Lent<OrthancPluginDicomConnection> lent_connection(connection);
    runtime().worklist_scp.get()(lent_answers.object(), lent_query.object(),
                                 lent_connection.object());
  });
}

void register_worklist_2(const py::object& callback) {
  runtime().worklist_scp.claim("RegisterWorklistCallback2", callback);
  check(call_sdk([] { return OrthancPluginRegisterWorklistCallback2(sdk(), &list_worklists_2); }));
}

#endif

}  // namespace

void bind_worklist_scp(py::module_& module) {
  module.def("RegisterWorklistCallback", &register_worklist,
             "RegisterWorklistCallback(callback)\n\n"
             "Calls callback(answers, query, issuer_aet, called_aet) for each C-FIND for "
             "worklists.");
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)
  module.def("RegisterWorklistCallback2", &register_worklist_2,
             "RegisterWorklistCallback2(callback)\n\n"
             "Calls callback(answers, query, connection) for each C-FIND for worklists.");
#endif
}

}  // namespace orthanc_runtime
