# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code of a worker process.

::

    forkserver   preloaded into the process that workers are forked from
    main         one worker, from its birth to its end
    loop         tasks, one after the other
    execute      one task
    calls        the way back into Orthanc, through the frames

Nothing here imports code of the master interpreter; the two talk in frames.
"""
