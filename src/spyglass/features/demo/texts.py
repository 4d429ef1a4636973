"""What people and models say in the demo: support of an outdoor shop, small talk, documents to summarise.
Prose only; who says it when is a matter of the scenarios.
"""

SUPPORT_SYSTEM = (
    "You are Juniper, the support assistant of Harbor & Pine, an online shop for outdoor gear. Be brief, "
    "friendly and exact. Look orders up before you answer about them. Never promise a refund above 200 "
    "euros: "
    "hand such cases to a colleague. Policies: returns within 60 days, unused or faulty; repairs are "
    "free for "
    "two years; standard delivery takes two to four working days, express one; gift cards cannot be "
    "paid out. "
    "Do not give medical or legal advice. If a customer is upset, acknowledge it first, then offer one "
    "concrete "
    "next step. Answer in the language of the customer. When you cite an order, give its number and its "
    "state. "
    "Ask at most one question per message. Never ask for card numbers or passwords; if a customer sends "
    "one, "
    "tell them to change it and go on without repeating it. Prices include VAT. Working hours of the human "
    "team are Monday to Friday, 9:00 to 18:00."
)

# Conversations: a topic, then customer and assistant in turns. `{order}` is filled in.
CONVERSATIONS: list[tuple[str, list[str]]] = [
    (
        "delivery",
        [
            "hi, where is my order {order}? it was supposed to be here yesterday",
            "I am sorry for the wait! Order {order} left our warehouse on time but missed a connection "
            "in Leipzig. "
            "It is out for delivery again and should reach you tomorrow before 14:00.",
            "tomorrow is bad, nobody is home. can you leave it with a neighbour?",
            "Of course. I have noted 'leave with a neighbour' for order {order}; the carrier will put a "
            "card in "
            "your letterbox that says which one.",
            "perfect, thanks",
            "You are welcome - enjoy the new tent!",
        ],
    ),
    (
        "return",
        [
            "The boots from order {order} are half a size too small. Can I exchange them?",
            "Yes, unused boots can be exchanged within 60 days. Size 43 is in stock. Shall I send it "
            "and a return "
            "label for the 42.5?",
            "Yes please. Do I have to use the original box?",
            "It helps, but any sturdy box will do. The label is in your inbox and size 43 ships today.",
            "And if 43 is too big?",
            "Then you send either pair back within 60 days and we refund it in full, label included.",
            "Great service, thank you!",
            "With pleasure. Have a good walk!",
        ],
    ),
    (
        "refund",
        [
            "I returned a jacket three weeks ago and still have no money back. Order {order}. This is "
            "ridiculous.",
            "You are right to be annoyed, three weeks is too long. Your return arrived on the 4th and "
            "the refund of "
            "149.90 euros was stuck in review. I have released it: it will be on your card in 2-3 "
            "working days.",
            "why was it in review?",
            "The parcel was weighed at 2.1 kg instead of 0.9 kg, so the system held it for a check. "
            "Nothing that "
            "you did wrong.",
        ],
    ),
    (
        "warranty",
        [
            "The zip of my backpack broke after 14 months. Is that covered?",
            "It is: repairs are free for two years. Could you send me a photo of the zip and your order "
            "number?",
            "Order {order}, photo attached.",
            "Thank you, I can see the slider has worn out. We will replace the whole zip; the repair "
            "takes about "
            "ten days including shipping, and the label is on its way to you.",
            "Can I get a replacement for my trip next week?",
            "We lend repair customers a pack of the same size: I have reserved one, it ships tomorrow.",
        ],
    ),
    (
        "product-advice",
        [
            "Which sleeping bag for Norway in September, mostly around 2-5 degrees at night?",
            "For that I would take the Fjell 300: comfort down to 1 degree, 890 grams, and its shell "
            "copes with damp "
            "tents. Do you sleep cold?",
            "yes, very",
            "Then the Fjell 450 is the safer choice: comfort to -4 degrees for 180 grams more.",
            "is it down? i'm allergic",
            "The 300 and 450 are down. The Tarn 400 is synthetic, comfort to -1 degree, 1,240 grams, "
            "and washes "
            "without special soap.",
        ],
    ),
    (
        "account",
        [
            "I can't log in, the reset mail never arrives",
            "Sorry about that! I can see two reset mails that your mail provider refused. I can send "
            "the link to a "
            "second address once you confirm the postcode of your last order.",
            "28195",
            "That matches. The link is on its way to your second address; it is valid for 30 minutes.",
        ],
    ),
    (
        "order-change",
        [
            "Ich habe bei {order} die falsche Farbe bestellt, kann man das noch ändern?",
            "Ja, {order} wird erst morgen früh gepackt. Welche Farbe soll es sein: Moos, Nachtblau oder "
            "Sand?",
            "Nachtblau bitte",
            "Erledigt, {order} kommt jetzt in Nachtblau. Lieferung unverändert am Donnerstag.",
        ],
    ),
    (
        "gift-card",
        [
            "can i get the rest of my gift card paid out? 12.40 left",
            "Gift cards cannot be paid out, but the 12.40 euros stay valid until the end of 2028 and "
            "can be combined "
            "with any other payment.",
            "ok. can i give it to someone else?",
            "Sure, it is not tied to your name: just pass on the code.",
        ],
    ),
    (
        "complaint",
        [
            "your courier threw the parcel over the fence into a puddle. everything is wet. order {order}",
            "That must not happen, I am sorry. Are the things inside damaged, or only the box?",
            "the down jacket is soaked, cost 259 euros",
            "Because the jacket is above 200 euros a colleague decides about the refund; I have marked "
            "your case "
            "urgent and attached your message. You will hear from Mira before noon.",
            "and the courier?",
            "We have reported it with the tracking number. You will get a copy of the carrier's answer.",
        ],
    ),
    (
        "stock",
        [
            "When is the Skerry kayak jacket in M back?",
            "The next delivery is due on the 18th with 24 pieces in M. Shall I send you a mail when it "
            "is in?",
            "yes. is there a similar one in stock?",
            "The Sound jacket has the same membrane and latex neck, in M in red and black, for 20 euros "
            "less.",
        ],
    ),
]

SMALL_TALK: list[tuple[str, str]] = [
    (
        "write a haiku about the sea",
        "Grey hours fold in\nthe tide writes what it forgets\nsalt on every word",
    ),
    (
        "explain recursion like i'm five",
        "Imagine a box with a smaller box inside, and each box says: open me too.",
    ),
    (
        "translate: where is the nearest pharmacy? (spanish)",
        "¿Dónde está la farmacia más cercana?",
    ),
    (
        "name ideas for a sailing club newsletter",
        "1. The Leeward Letter\n2. Halyard & Heart\n3. Fair Winds Weekly\n4. The Tiller's Tale",
    ),
    (
        "regex for iso dates",
        "`^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$` - it does not know which months have 31 days.",
    ),
    (
        "日本語で自己紹介を書いて",
        "はじめまして。山と海が好きなエンジニアです。週末は家族とカヤックに乗っています。",
    ),
    (
        "summarise: meeting moved to thursday, bring numbers, ana is out, room 4",
        "Meeting on Thursday in room 4; bring the numbers. Ana is absent.",
    ),
    ("is 91 prime", "No: 91 = 7 × 13."),
]

# (title, text, summary)
DOCUMENTS: list[tuple[str, str, str]] = [
    (
        "Quarterly report, warehouse Leipzig",
        "Throughput rose by 11 percent to 48,200 parcels a week while the error rate fell from 0.9 to "
        "0.6 percent. "
        "The new sorter was down for 31 hours in total, mostly because of a sensor that has been "
        "replaced. Overtime "
        "went down by a fifth. Two of the three open positions are filled; the third is on hold until "
        "the budget of "
        "next year is known. Customers complained most about late evening deliveries, which the carrier "
        "will end.",
        "Throughput +11 % (48,200 parcels a week), errors down to 0.6 %. The sorter lost 31 hours to "
        "one sensor, now "
        "replaced. Overtime -20 %, one position still open.",
    ),
    (
        "Incident 2217: slow checkout",
        "Between 13:05 and 16:40 the checkout needed up to 19 seconds. The cause was a connection pool "
        "of 20 that all "
        "services shared after the migration; one report job held 14 of them. The job was stopped, the "
        "pools were "
        "separated, and an alert on waiting time was added. 312 customers gave up; marketing will write "
        "to them.",
        "13:05-16:40 slow checkout (up to 19 s): a report job held most of a shared connection pool. "
        "Pools are now "
        "separate, an alert exists, 312 affected customers are contacted.",
    ),
    (
        "Interview notes: trail runners",
        "Nine runners were asked. Seven carry a phone and hate where it sits. Five would pay more for a "
        "vest that "
        "dries within an hour. Nobody could name the membrane of their jacket. Three buy only what "
        "friends recommend; "
        "two read test reports. Colour matters more than they first say.",
        "Runners want a better place for the phone and fast drying; materials are unknown to them, "
        "friends decide.",
    ),
    (
        "Supplier contract, draft 4",
        "The supplier delivers within 21 days of order and pays 0.5 percent of the value for each day "
        "of delay, at "
        "most 8 percent. Prices are fixed for 12 months and then follow the index of raw materials "
        "within 6 percent. "
        "Either side may end the contract with 90 days' notice. Disputes go to arbitration in Hamburg.",
        "21 days delivery, 0.5 % per day of delay (max. 8 %), prices fixed for a year then indexed ±6 "
        "%, 90 days' "
        "notice, arbitration in Hamburg.",
    ),
    (
        "Field test: stove S2",
        "At 4 degrees and in wind of 20 km/h the stove boiled one litre in 4:10 minutes with 19 grams "
        "of gas, 40 "
        "seconds faster than its predecessor. The igniter failed twice in 60 tries, both times when "
        "wet. The pot "
        "support bent under 4 kg. Testers liked the flat valve and missed a bag.",
        "S2 boils a litre in 4:10 at 19 g gas (40 s faster). Weak points: wet igniter, pot support at 4 kg.",
    ),
    (
        "Minutes: works council",
        "Shift plans will be published three weeks ahead from May. The pilot of four-day weeks ends in "
        "June and will "
        "be judged by sick days, errors and a survey. The canteen offers a second vegan dish. The "
        "heating in hall 3 "
        "is still not repaired; the landlord was given two weeks.",
        "Shift plans three weeks ahead from May; four-day pilot judged in June; heating in hall 3 has a "
        "two-week "
        "deadline.",
    ),
]
