"""Word lists from which the demonstration's pipeline and work are made up."""

OFFERS = (
    "Annual licence",
    "Barcode scanners",
    "Customer portal",
    "Data migration",
    "Delivery tracking",
    "Document archive",
    "Energy monitoring",
    "Field service app",
    "Fleet maintenance",
    "Invoice automation",
    "Meeting rooms",
    "Network renewal",
    "Onboarding package",
    "Payroll integration",
    "Print service",
    "Security review",
    "Spare parts contract",
    "Staff training",
    "Support contract",
    "Telephone system",
    "Time recording",
    "Warehouse terminals",
    "Web shop",
    "Workplace laptops",
)

PARTS = (
    "another site",
    "first year",
    "head office",
    "pilot",
    "renewal",
    "second phase",
    "second site",
    "three years",
)

OPPORTUNITY_NOTES = (
    "The board decides at the end of the quarter.",
    "They want a fixed price.",
    "A competitor has made an offer, too.",
    "The pilot went well; the users ask for more.",
    "Purchasing needs three references.",
    "Waiting for the security questionnaire.",
    "Budget is approved, the date is open.",
    "Smaller than it looked at first.",
)

WON_NOTES = (
    "Chosen for the shorter delivery time.",
    "Signed after the second workshop.",
    "Three-year term, invoiced yearly.",
    "Reference customer; may be named.",
)

LOST_NOTES = (
    "Went to a cheaper offer.",
    "Project was called off.",
    "They build it themselves.",
    "No decision; ask again next year.",
)

TASKS_WITH_SOMEBODY = (
    "Agree a date with {}",
    "Ask {} about the budget",
    "Call {}",
    "Congratulate {} on the new position",
    "Prepare the visit to {}",
    "Remind {} of the open offer",
    "Send {} the price list",
    "Send {} the reference list",
    "Thank {} for the introduction",
    "Write an offer for {}",
)

TASKS = (
    "Bring the forecast up to date",
    "Check the open invoices",
    "Clean up old contacts",
    "Collect feedback from the trade fair",
    "Compare the quarter with the plan",
    "Finish the travel expenses",
    "Go through the new leads",
    "Order brochures",
    "Prepare the team meeting",
    "Review the price list",
    "Translate the product sheet",
    "Update the presentation",
)

TASKS_OF_PROJECTS = (
    "Agree the scope",
    "Book the rooms",
    "Collect the requirements",
    "Draft the plan",
    "Hand over to support",
    "Invite everyone concerned",
    "Order the equipment",
    "Report to the sponsor",
    "Settle the budget",
    "Test with two users",
    "Train the colleagues",
    "Write up what was learnt",
)

DESCRIPTIONS = (
    "Keep it short; half a page will do.",
    "See the notes of the last meeting.",
    "Ask a colleague to read it before it goes out.",
    "Not before the figures of the month are there.",
    "The template is on the shared drive.",
)

PROJECTS = (
    ("Annual customer conference", "Two days, two hundred guests, one evening out."),
    ("Archive of old contracts", "Scan, name and file everything before 2015."),
    ("Autumn campaign", "Letters, landing page and a series of calls."),
    ("Better offers", "One template for every kind of offer, with fewer errors."),
    ("Carbon report", "Gather the figures that large customers ask for."),
    ("Customer satisfaction survey", "Ten questions to everyone who bought last year."),
    ("Data quality", "No account without an address, no contact without an account."),
    ("Entry into Canada", "Partners, prices and the first five customers."),
    ("Entry into Sweden", "Partners, prices and the first five customers."),
    ("Field sales tablets", "Choose, buy and hand out twenty of them."),
    ("Loyalty programme", "What long-standing customers get, and when."),
    ("Move of the Berlin office", "New rooms by the end of the lease."),
    ("New brand", "Logo, letterhead, stand and vehicles."),
    ("New price list", "Simpler steps, one page, valid everywhere."),
    ("New telephone system", "Numbers stay, everything else changes."),
    ("Partner programme", "Three levels, clear terms, a portal."),
    ("Product launch in spring", "From the first brochure to the first order."),
    ("Purchasing framework", "Fewer suppliers, better terms."),
    ("Reference stories", "Twelve customers tell what they do with it."),
    ("Sales training", "Two days for everyone, one more for newcomers."),
    ("Security certificate", "What the large tenders ask for."),
    ("Spring trade fair", "Stand, staff, appointments and what follows."),
    ("Support at weekends", "Who, when, and what it costs."),
    ("Training videos", "Ten films of three minutes each."),
    ("Web shop for spare parts", "The two hundred parts that are asked for most."),
)
"""Name and description; each is made once."""
