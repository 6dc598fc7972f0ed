"""What screens share: the base of each, arming, dialogs that ask for one thing, themes, keys."""
