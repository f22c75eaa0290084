"""Connect, and see who I am to this node and until when."""

from common import connect

me = connect().who_am_i()
print(f"{me['name']} ({', '.join(me['roles'])}), known by {me['by']}, may {', '.join(me['scopes'])}, until {me['expires']}")
