"""`report leverage` and `explain`: in tables, as pictures, from columns."""
