"""The domain: mentions, cases, drafts, the lifecycle, errors, and what a platform must offer.

Standard library only; no I/O, no clock. Import from the modules; nothing is re-exported here.
"""
