"""Staff's pages of the knowledge base: articles, the tree of categories, what readers looked for in vain.

Its rows are not registered with the admin: services alone change them, and these pages show them.
"""
