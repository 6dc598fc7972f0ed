"""The screens: each asks the desk for views and shows them."""
