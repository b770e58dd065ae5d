"""Every change of people and of the organisation that has an actor, on `roles.services`' ground.

Each asks the permission (D1), who administers whom (D2, D3, D5, D6a) and what would be left (D7)
under the policy's lock, writes one entry of the log (D13), and announces itself when committed.
"""
