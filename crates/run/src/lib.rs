//! The run directory: jobs, fingerprints, atomic artefacts, events, the worker protocol.
