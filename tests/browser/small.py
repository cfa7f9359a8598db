"""A small site in Arabic, with a page or two in German and Chinese: every element that Markdown gives, and words and code that are wide."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

CONFIG = """\
title = "دفتر"
language = "ar"
author = "ليلى"

[images]
responsive = true

[languages.de]
title = "Heft"

[languages.zh]
title = "笔记"

[[menu]]
title = "الدليل"
page = "guide/_index.md"

[[menu]]
title = "المدونة"
page = "blog/_index.md"

[sections.guide]
layout = "docs"

[sections.blog]
layout = "blog"
"""

EVERYTHING = """\
---
title: كل العناصر
description: صفحة فيها كل ما يكتب.
weight: 1
tags: [شرح, python]
aliases: [/old/]
---
فقرة أولى فيها [رابط](other.md) و`code` و**كلمة** و~~حذف~~ و<kbd>Ctrl</kbd> و<mark>علامة</mark>.[^1]

[^1]: حاشية.

## قائمة

- [x] تم
- [ ] لم يتم

1. واحد
2. اثنان
    - داخل القائمة

مصطلح
:   معناه

### جدول واسع

| الاسم | القيمة | شرح طويل لا ينكسر | عمود | عمود آخر | وآخر |
|---|---|---|---|---|---|
| `freezer_destination_ignore` | 1 | `a-value-that-never-breaks-in-two-pieces` | نعم | لا | ربما |

## شيفرة

```python title="app.py" hl_lines="2"
def answer(question: str) -> str:
    return "a line that is far wider than any telephone, so that the box has to scroll sideways"
```

```python linenums="1"
first = 1
second = first + 1
```

> اقتباس فيه [رابط](other.md).

!!! note "ملاحظة"
    نص الملاحظة.

!!! warning
    تحذير مع `code`.

??? tip "مطوي"
    نص مطوي.

<figure><img src="map.svg" alt="خريطة" width="2000" height="40"><figcaption>خريطة</figcaption></figure>

---

### عنوان رابع

كلمة_طويلة_جدا_لا_مسافة_فيها_حتى_تخرج_من_الصندوق_إذا_لم_تنكسر_في_مكان_ما_من_السطر_على_شاشة_ضيقة
"""

MAP = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2000 40"><path d="M0 20h2000" stroke="teal"/></svg>'
POST = "---\ntitle: {0}\ndate: 2025-0{1}-01\ntags: [شرح, python]\nauthors: [ليلى]\n---\nنص {0}.\n\n## جزء\n\nآخر.\n"

ALBUM = '---\ntitle: صور\ntemplate: gallery.html\ncaptions: {a.jpg: البحر}\n---\nنص.\n\n![البحر](a.jpg "البحر ظهرا")\n'


def photo(width: int, height: int) -> bytes:
    """Give a picture as a camera would."""
    file = BytesIO()
    Image.effect_mandelbrot((width, height), (-2, -1, 1, 1), 20).convert("RGB").save(file, "JPEG")
    return file.getvalue()


SMALL: dict[str, str | bytes] = {
    "content/album/index.md": ALBUM,
    "content/album/a.jpg": photo(1000, 700),
    "content/album/b.jpg": photo(500, 700),
    "blasto.toml": CONFIG,
    "content/index.md": "---\ntitle: دفتر\n---\nانظر [الدليل](guide/_index.md).\n",
    "content/guide/_index.md": "---\ntitle: الدليل\nweight: 1\n---\nكيف.\n",
    "content/guide/everything.md": EVERYTHING,
    "content/guide/other.md": "---\ntitle: أخرى\nweight: 2\n---\nنص.\n\n## عنوان\n\nآخر.\n",
    "content/guide/map.svg": MAP,
    "content/index.de.md": "---\ntitle: Heft\n---\nSiehe [Anderes](guide/other.md).\n",
    "content/guide/other.de.md": "---\ntitle: Anderes\nweight: 2\n---\nText.\n\n## Teil\n\nMehr.\n",
    "content/index.zh.md": "---\ntitle: 笔记\n---\n正文。\n",
    "content/blog/_index.md": "---\ntitle: المدونة\n---\n",
    **{
        f"content/blog/{name}.md": POST.format(title, number)
        for number, (name, title) in enumerate({"a": "أولى", "b": "ثانية", "c": "ثالثة"}.items(), 1)
    },
}
