"""Word lists from which the demonstration's records are made up.

Nothing here can reach anybody: `.example` is nobody's domain, and the telephone numbers are of
the ranges that their countries keep for films and books.
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    """
    Aaron Abigail Adrian Agnes Alan Alejandro Alice Amara Amir Ana Andrea Anton Ashley Astrid
    Benjamin Bianca Boris Brenda Bruno Carlos Caroline Cecilia Charles Chloe Christine Clara
    Colin Daniela Darius Deborah Diego Dmitri Edith Edward Elena Eleanor Elif Emil Emma Erik
    Esther Eva Fatima Felix Fiona Florian Francesca Frank Gabriel Georgia Gloria Greta Hana
    Harold Hassan Heather Hugo Ibrahim Imani Irene Isabel Ivan Jack Jamal Jane Javier Joan Joel
    Karen Karim Katarina Keiko Kenneth Lars Laura Lena Leon Linda Louis Lucas Magnus Malik
    Marco Maria Martin Matteo Maya Mei Michael Miriam Mohammed Monica Naomi Natalia Nathan Nina
    Olga Oliver Omar Patricia Paul Paula Pedro Philip Rachel Raj Rebecca René Robert Rosalind
    Ruth Salma Sandra Sergei Simon Stella Stephen Sunita Tara Theodore Thomas Uma Valerie
    Vanessa Victor Walter Wei Wendy Yasmin Yvonne Zoë
    """
)

LAST_NAMES = _words(
    """
    Abbott Adeyemi Ahmed Albrecht Andersen Antonov Aoki Baker Banerjee Barros Bauer Becker
    Bernard Bianchi Blake Boateng Bondarenko Bradley Byrne Calder Campbell Cardoso Carter
    Castillo Chandra Chen Clarke Cohen Conti Costa Cruz Dahl Das Diaz Dixon Doyle Dvořák
    Eklund Ellis Eriksen Evans Farah Fernández Fontaine Foster Fox Fraser Friedman Fujita
    García Gibson Goldberg Gomez Grant Gupta Haas Hall Hansen Hayes Hoffmann Hughes Ibrahim
    Ito Ivanova Jackson Jansen Johansson Kamau Kaplan Keller Khan Kim Klein Kovács Kumar
    Larsen Leclerc Lewis Lopez Lund MacKay Marino Marsh Mendes Meyer Mitchell Mohamed Moore
    Müller Murphy Nakamura Ncube Nguyen Nilsson O'Brien Ortega Owens Park Patel Pereira Pham
    Price Quinn Rao Reid Ricci Rivera Robinson Romero Sato Schmidt Shah Silva Singh Sørensen
    Stone Suzuki Sullivan Tan Taylor Thompson Torres Turner Vargas Vogel Walsh Wang Ward
    Webster Wilson Wong Wright Yamada Yilmaz Young Zhou Ziegler
    """
)

COMPANY_STEMS = _words(
    """
    Aldergate Amberfield Arcadia Ashbourne Aurora Beacon Birchwood Bluewater Brightside Cascade
    Cedar Clearview Copperfield Cornerstone Crestline Dunmore Eastgate Elmstead Evergreen
    Fairhaven Falcon Foxglove Glenbrook Granite Greenway Harborview Hawthorn Highland Horizon
    Ironbridge Juniper Keystone Kingsway Lakeshore Larkspur Lighthouse Linden Maplewood Meridian
    Midland Millbrook Moorland Northfield Northstar Oakridge Orchard Pinnacle Polaris Quarry
    Redwood Ridgeway Riverside Rosewood Saltmarsh Sandstone Silverlake Solstice Southbank
    Sterling Stonebridge Summit Sycamore Thornbury Tidewater Trident Vanguard Waverley Westbrook
    Whitestone Wildflower Willow Windmill Wyndham
    """
)

COMPANY_KINDS = (
    ("Analytics", "Technology"),
    ("Software", "Technology"),
    ("Systems", "Technology"),
    ("Logistics", "Transport"),
    ("Freight", "Transport"),
    ("Foods", "Food and drink"),
    ("Brewing", "Food and drink"),
    ("Pharma", "Health care"),
    ("Medical", "Health care"),
    ("Dental Group", "Health care"),
    ("Energy", "Energy"),
    ("Solar", "Energy"),
    ("Construction", "Construction"),
    ("Architects", "Construction"),
    ("Partners", "Professional services"),
    ("Consulting", "Professional services"),
    ("Legal", "Professional services"),
    ("Insurance", "Finance"),
    ("Capital", "Finance"),
    ("Hotels", "Hospitality"),
    ("Textiles", "Manufacturing"),
    ("Plastics", "Manufacturing"),
    ("Instruments", "Manufacturing"),
    ("Academy", "Education"),
    ("Foundation", "Non-profit"),
    ("Retail", "Retail"),
    ("Outfitters", "Retail"),
)
"""The second word of a company's name, and its industry."""

PLACES = (
    ("Boston, MA 02110", "United States", "+1 617 555 01##"),
    ("Chicago, IL 60606", "United States", "+1 312 555 01##"),
    ("Denver, CO 80202", "United States", "+1 303 555 01##"),
    ("Portland, OR 97205", "United States", "+1 503 555 01##"),
    ("Austin, TX 78701", "United States", "+1 512 555 01##"),
    ("Toronto, ON M5H 2N2", "Canada", "+1 416 555 01##"),
    ("London EC2A 4NE", "United Kingdom", "+44 20 7946 0###"),
    ("Manchester M2 5DB", "United Kingdom", "+44 161 496 0###"),
    ("Edinburgh EH2 4AD", "United Kingdom", "+44 131 496 0###"),
    ("10117 Berlin", "Germany", "+49 30 23125 ###"),
    ("80331 München", "Germany", "+49 89 99998 ###"),
    ("75009 Paris", "France", "+33 1 99 00 ## ##"),
    ("111 57 Stockholm", "Sweden", "+46 8 465 004 ##"),
    ("Sydney NSW 2000", "Australia", "+61 2 5550 ####"),
)
"""Town, country and a telephone number whose `#` stand for any digit."""

STREETS = (
    "High Street",
    "Station Road",
    "Market Square",
    "Mill Lane",
    "Church Street",
    "Harbour Road",
    "Park Avenue",
    "Victoria Street",
    "Canal Walk",
    "King Street",
    "Linden Avenue",
    "Foundry Lane",
    "Garden Row",
    "College Road",
)

TITLES = (
    "Account Manager",
    "Assistant Buyer",
    "Chief Executive",
    "Chief Financial Officer",
    "Customer Success Lead",
    "Facilities Manager",
    "Finance Manager",
    "Head of IT",
    "Head of Marketing",
    "Head of Purchasing",
    "HR Manager",
    "IT Administrator",
    "Legal Counsel",
    "Managing Director",
    "Office Manager",
    "Operations Director",
    "Product Manager",
    "Project Lead",
    "Purchasing Agent",
    "Quality Manager",
    "Sales Director",
    "Warehouse Manager",
)

ACCOUNT_NOTES = (
    "Budget is decided in October; start talking in August.",
    "Long-standing customer, prefers invoices by post.",
    "Moving to a new building this year.",
    "Two sites, one purchasing department.",
    "Asked for a security questionnaire before any renewal.",
    "Was with a competitor until last spring.",
    "Pays within a week, every time.",
    "Merger talks are going on; decisions are slow.",
)

CONTACT_NOTES = (
    "Best reached in the morning.",
    "Prefers e-mail to calls.",
    "Met at the spring trade fair.",
    "Decides together with the finance department.",
    "On leave until the end of the month.",
    "Asked for a reference customer in the same industry.",
    "Speaks German and French.",
    "Introduced us to two other departments.",
    "Wants a training session for new colleagues.",
    "Complained about a late delivery; settled.",
)

LEAD_NOTES = (
    "Downloaded the price list.",
    "Wants a demonstration for five people.",
    "Has no budget before next year.",
    "Compares us with two others.",
    "Asked about single sign-on.",
    "Call again after the holidays.",
    "Left a card at our stand.",
    "Needs an offer in writing.",
)
