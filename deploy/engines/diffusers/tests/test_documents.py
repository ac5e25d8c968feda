"""The README says what the settings say."""

from pathlib import Path

from video_engine.settings import Settings

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- settings -->\n", "<!-- /settings -->\n"


def table() -> str:
    lines = ["| variable | meaning | default |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "required" if field.is_required() else _shown(field.default)
        lines.append(f"| `ENGINE_{name.upper()}` | {field.description} | {default} |")
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    if default is None:
        return "unset"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_the_readme_lists_every_setting():
    text = README.read_text()
    assert text[text.index(START) + len(START) : text.index(END)] == table()


if __name__ == "__main__":
    text = README.read_text()
    README.write_text(text[: text.index(START) + len(START)] + table() + text[text.index(END) :])
