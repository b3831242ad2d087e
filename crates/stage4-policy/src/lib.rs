//! Stage 4: the Boolean integer programme of the transfer policy.
