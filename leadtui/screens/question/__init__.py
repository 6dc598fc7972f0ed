"""Did you complete this action?"""
