"""Did you complete this action? Asked, answered, judged by the engine, and carried out."""
