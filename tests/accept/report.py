"""The page that shows what was checked: pictures side by side, and every finding beside its screen."""

import html
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

_STYLE = """
body { font: 14px/20px system-ui; margin: 32px; color: #16191f; background: #fff }
h2 { margin: 40px 0 8px; font-size: 18px }
.shots { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; align-items: start }
figure { margin: 0 } img { width: 100%; border: 1px solid #dfe3ea } figcaption { color: #5f6674; font-size: 12px }
table { border-collapse: collapse } td, th { padding: 2px 12px 2px 0; text-align: left; vertical-align: top }
.failed { color: #b3261e } .passed { color: #136c3a } pre { white-space: pre-wrap; margin: 0 }
"""


@dataclass
class Result:
    screen: str
    check: str
    findings: list[str]

    @property
    def passed(self) -> bool:
        return not self.findings


@dataclass
class Report:
    folder: Path
    results: list[Result] = field(default_factory=list)
    shots: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    figures: list[tuple[str, str]] = field(default_factory=list)

    def add(self, screen: str, check: str, findings: list[str]) -> None:
        result = Result(screen, check, findings)
        self.results.append(result)
        if not result.passed:
            print(
                f"FAILED {screen} · {check}",
                *(f"  {each}"[:400] for each in findings[:5]),
                sep="\n",
                flush=True,
            )

    def shot(self, screen: str, caption: str, file: str) -> None:
        self.shots[screen].append((caption, file))

    def figure(self, name: str, value: str) -> None:
        """Something measured: shown, never judged."""
        self.figures.append((name, value))
        print(f"{name}: {value}", flush=True)

    @property
    def failed(self) -> int:
        return sum(not each.passed for each in self.results)

    def write(self) -> Path:
        target = self.folder / "report.html"
        target.write_text("".join(self._page()))
        return target

    def _page(self) -> list[str]:
        passed = len(self.results) - self.failed
        parts = [
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Spyglass · acceptance</title>',
            f"<style>{_STYLE}</style><h1>{passed} passed, {self.failed} failed</h1>",
            "<table>",
            *(f"<tr><td>{_e(name)}<td>{_e(value)}" for name, value in self.figures),
            "</table>",
        ]
        for screen in dict.fromkeys(each.screen for each in self.results):
            parts.append(f"<h2>{_e(screen)}</h2><table>")
            parts += [_row(each) for each in self.results if each.screen == screen]
            parts.append('</table><div class="shots">')
            parts += [
                f'<figure><a href="{_e(file)}"><img loading="lazy" src="{_e(file)}" alt=""></a>'
                f"<figcaption>{_e(caption)}</figcaption></figure>"
                for caption, file in self.shots.get(screen, [])
            ]
            parts.append("</div>")
        return parts


def _row(result: Result) -> str:
    word = "passed" if result.passed else "failed"
    return f'<tr><td class="{word}">{word}<td>{_e(result.check)}<td><pre>{_e(chr(10).join(result.findings))}</pre>'


def _e(text: str) -> str:
    return html.escape(text)
