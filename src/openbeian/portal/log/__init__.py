"""The transparency log's outbox, its sequencer, and the published snapshots."""
