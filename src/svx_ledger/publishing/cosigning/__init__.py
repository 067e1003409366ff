"""From a signed checkpoint to one that a quorum of witnesses has seen."""
