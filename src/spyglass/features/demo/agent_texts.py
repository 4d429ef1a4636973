"""What the agents of the demo talk about: trips, questions to a database, pull requests."""

from typing import Any

TRAVEL_SYSTEM = (
    "You plan trips. Use the tools for facts: never guess prices, times or availability. Search flights "
    "and hotels "
    "before you propose anything, stay within the budget, and prefer trains below five hours. When a "
    "tool fails, try "
    "it once more, then go on without it and say so. Finish with a plan: days, costs, and what is still "
    "open."
)

# (from, to, days, budget in euros, what the traveller likes)
TRIPS: list[tuple[str, str, int, int, str]] = [
    ("Hamburg", "Porto", 4, 700, "old trams and no early flights"),
    ("Berlin", "Copenhagen", 3, 550, "architecture, by train if possible"),
    ("Munich", "Ljubljana", 3, 480, "hiking and good coffee"),
    ("Vienna", "Bergen", 5, 1200, "fjords, a rental car is fine"),
    ("Zurich", "Naples", 4, 800, "food, and one day at Pompeii"),
    ("Cologne", "Edinburgh", 4, 900, "bookshops and rain-proof plans"),
    ("Leipzig", "Kraków", 3, 350, "museums on a student budget"),
    ("Bremen", "Lisbon", 6, 1100, "surfing lessons for two"),
]

WEATHER = ["12-17 °C, showers", "18-23 °C, sunny", "8-14 °C, windy", "15-19 °C, cloudy, dry"]
SIGHTS = [
    "Old town walk",
    "Market hall",
    "Harbour ferry",
    "Museum of design",
    "Viewpoint at sunset",
    "Botanic garden",
]
AIRLINES = ["Baltair", "Condoria", "Northern Hop", "AlpJet"]
HOTELS = ["Casa do Rio", "Hotel Central", "The Green Door", "Pension Linde", "Harbour Rooms"]

DATA_SYSTEM = (
    "You are an analyst with read access to the shop's PostgreSQL database. Look at the schema before "
    "you write SQL. "
    "Only SELECT. Limit results to 50 rows. If a query fails, read the error, correct the query and try "
    "again, at most "
    "three times. Answer with the figure first, then one sentence on how it was computed."
)

SCHEMA: dict[str, list[str]] = {
    "orders": ["id", "customer_id", "placed_at", "state", "total_cents", "country"],
    "order_items": ["order_id", "product_id", "quantity", "price_cents"],
    "products": ["id", "name", "category", "cost_cents"],
    "returns": ["id", "order_id", "received_at", "reason"],
}

# (question, wrong SQL or "", SQL, rows, answer)
ANALYSES: list[tuple[str, str, str, list[dict[str, Any]], str]] = [
    (
        "What was revenue by country last week?",
        "",
        "SELECT country, sum(total_cents)/100.0 AS revenue FROM orders WHERE placed_at >= now() - "
        "interval '7 days' "
        "GROUP BY country ORDER BY revenue DESC LIMIT 50",
        [
            {"country": "DE", "revenue": 184220.4},
            {"country": "AT", "revenue": 40112.9},
            {"country": "DK", "revenue": 28790.0},
        ],
        "Germany 184,220 €, Austria 40,113 €, Denmark 28,790 €: the sum of order totals of the last "
        "seven days.",
    ),
    (
        "Which products are returned most, and why?",
        "SELECT p.name, r.reason, count(*) FROM returns r JOIN products p ON p.id = r.product_id GROUP "
        "BY 1, 2",
        "SELECT p.name, r.reason, count(*) AS n FROM returns r JOIN order_items i ON i.order_id = "
        "r.order_id JOIN "
        "products p ON p.id = i.product_id GROUP BY 1, 2 ORDER BY n DESC LIMIT 50",
        [
            {"name": "Granit boot", "reason": "size", "n": 148},
            {"name": "Fjell 300", "reason": "too cold", "n": 61},
        ],
        "The Granit boot (148 returns, size) leads before the Fjell 300 (61, too cold), by items of "
        "returned orders.",
    ),
    (
        "How long does shipping take on average?",
        "SELECT avg(o.shipped_on - o.placed_at) FROM orders o WHERE o.shipped_on >= now() - interval "
        "'30 days'",
        "SELECT avg(received_at - placed_at) AS average FROM orders o JOIN returns r ON r.order_id = "
        "o.id LIMIT 50",
        [{"average": "9 days 04:12:00"}],
        "That cannot be said: orders have no shipping time. The closest figure is 9.2 days from order "
        "to return.",
    ),
    (
        "Share of repeat customers this month?",
        "",
        "SELECT avg((n > 1)::int) AS share FROM (SELECT customer_id, count(*) AS n FROM orders WHERE "
        "placed_at >= "
        "date_trunc('month', now()) GROUP BY 1) AS c LIMIT 50",
        [{"share": 0.2131}],
        "21.3 % of this month's customers ordered more than once.",
    ),
    (
        "Margin by category?",
        "",
        "SELECT category, 1 - sum(quantity*cost_cents)::float/sum(quantity*price_cents) AS margin FROM "
        "order_items i "
        "JOIN products p ON p.id = i.product_id GROUP BY 1 ORDER BY 2 DESC LIMIT 50",
        [{"category": "accessories", "margin": 0.61}, {"category": "tents", "margin": 0.38}],
        "Accessories 61 %, tents 38 %: one minus cost over price, weighted by quantity.",
    ),
]

REVIEW_SYSTEM = (
    "You review pull requests. Report only what a careful colleague would block or fix: bugs, races, "
    "missing error "
    "handling, security. Answer as a JSON array of {file, line, severity, comment}. An empty array "
    "means: approve."
)

# (title, file, diff, findings)
PULL_REQUESTS: list[tuple[str, str, str, list[dict[str, Any]]]] = [
    (
        "Cache the price list",
        "shop/prices.py",
        "@@ -12,4 +12,7 @@\n-def prices():\n-    return load()\n+_cache = {}\n+def prices(country):\n+  "
        "  if country "
        "not in _cache:\n+        _cache[country] = load(country)\n+    return _cache[country]",
        [
            {
                "file": "shop/prices.py",
                "line": 14,
                "severity": "major",
                "comment": "Never expires: a price change shows only after a restart.",
            }
        ],
    ),
    (
        "Retry payments",
        "shop/payments.py",
        "@@ -40,3 +40,6 @@\n-    gateway.charge(order)\n+    for _ in range(3):\n+        try:\n+       "
        "     return gateway."
        "charge(order)\n+        except Timeout:\n+            pass",
        [
            {
                "file": "shop/payments.py",
                "line": 42,
                "severity": "critical",
                "comment": "A timeout does not mean that nothing was charged: send an idempotency key.",
            },
            {
                "file": "shop/payments.py",
                "line": 45,
                "severity": "major",
                "comment": "After three timeouts the function returns None and the order counts as paid.",
            },
        ],
    ),
    (
        "Fix typo in mail",
        "mail/confirm.txt",
        "@@ -3 +3 @@\n-Thank you for you order!\n+Thank you for your order!",
        [],
    ),
    (
        "Search by SKU",
        "search/query.py",
        '@@ -8,2 +8,3 @@\n+    if term.isdigit():\n+        return db.execute(f"SELECT * FROM products '
        "WHERE sku = {term}"
        '")',
        [
            {
                "file": "search/query.py",
                "line": 10,
                "severity": "minor",
                "comment": "Use a bound parameter although digits are harmless today.",
            }
        ],
    ),
    (
        "Parallel image resize",
        "media/resize.py",
        "@@ -20,2 +20,4 @@\n+with ThreadPoolExecutor(64) as pool:\n+    list(pool.map(resize, images))",
        [
            {
                "file": "media/resize.py",
                "line": 20,
                "severity": "major",
                "comment": "64 threads each hold a decoded image: about 3 GB for the largest uploads.",
            }
        ],
    ),
]
