"""What comes from the web: who may post, forms that become leads, and what is done on the floor's
own pages."""
