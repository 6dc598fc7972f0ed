"""The states, provinces and zones of North American area codes, which decide by whose calling hours
and on whose clock a number is called.

As of ``CHECKED`` by the lists of NANPA and CNA (the newest: 457 and 679 of autumn 2025). Toll-free
and other codes without a place are not listed. 902 and
782 stand under Nova Scotia and serve Prince Edward Island too; the two keep the same hours. A code
that is newer still may be anywhere (``zones_of_code``) and is called where everybody may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from leadtui.cadence.gate.zones import zones_of

CHECKED = date(2026, 11, 27)
"""When these lists were last held against those of the administrators."""

AREA_CODES = """
CA-AB 368 403 587 780 825; CA-BC 236 250 257 604 672 778; CA-MB 204 431 584; CA-NB 428 506; CA-NL
709 879; CA-NS 782 902; CA-ON 226 249 289 343 365 382 416 437 519 548 613 647 683 705 742 753 807
905 942; CA-QC 263 273 354 367 418 438 450 468 514 579 581 819 873; CA-SK 306 474 639; US-AK 907;
US-AL 205 251 256 334 483 659 938; US-AR 327 479 501 870; US-AZ 480 520 602 623 928; US-CA 209 213
279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738
747 760 805 818 820 831 837 840 858 909 916 925 949 951; US-CO 303 719 720 748 970 983; US-CT 203
475 860 959; US-DC 202 771; US-DE 302; US-FL 239 305 321 324 352 386 407 448 561 645 656 689 727 728
754 772 786 813 850 863 904 941 954; US-GA 229 404 470 478 565 678 706 762 770 912 943; US-HI 808;
US-IA 319 515 563 641 712; US-ID 208 986; US-IL 217 224 309 312 331 447 464 618 630 708 730 773 779
815 847 861 872; US-IN 219 260 317 463 574 765 812 930; US-KS 316 620 785 913; US-KY 270 364 502 606
859; US-LA 225 318 337 457 504 985; US-MA 339 351 413 508 617 774 781 857 978; US-MD 227 240 301 410
443 667; US-ME 207; US-MI 231 248 269 313 517 586 616 679 734 810 906 947 989; US-MN 218 320 507 612
651 763 924 952; US-MO 235 314 417 557 573 636 660 816 975; US-MS 228 471 601 662 769; US-MT 406;
US-NC 252 336 472 704 743 828 910 919 980 984; US-ND 701; US-NE 308 402 531; US-NH 603; US-NJ 201
551 609 640 732 848 856 862 908 973; US-NM 505 575; US-NV 702 725 775; US-NY 212 315 329 332 347 363
516 518 585 607 624 631 646 680 716 718 838 845 914 917 929 934; US-OH 216 220 234 283 326 330 380
419 436 440 513 567 614 740 937; US-OK 405 539 572 580 918; US-OR 458 503 541 971; US-PA 215 223 267
272 412 445 484 570 582 610 717 724 814 835 878; US-RI 401; US-SC 803 821 839 843 854 864; US-SD
605; US-TN 423 615 629 729 731 865 901 931; US-TX 210 214 254 281 325 346 361 409 430 432 469 512
621 682 713 726 737 806 817 830 832 903 915 936 940 945 956 972 979; US-UT 385 435 801; US-VA 276
434 540 571 686 703 757 804 826 948; US-VT 802; US-WA 206 253 360 425 509 564; US-WI 262 274 353 414
534 608 715 920; US-WV 304 681; US-WY 307
"""
"""``CC-RR`` -> its area codes."""


NARROWER = """
America/Chicago 210 214 219 254 281 316 325 346 361 402 409 430 469 512 531 615 621 629 682 713 726
731 737 806 817 830 832 901 903 913 931 936 940 945 956 972 979; America/Denver 915;
America/Los_Angeles 503 702 725 971; America/New_York 231 239 248 260 269 305 313 317 321 324 352
386 407 463 502 517 561 586 616 645 656 679 689 727 728 734 754 765 772 786 810 813 859 863 865 904
941 947 954 989; America/Phoenix 480 520 602 623; America/Toronto 226 249 263 289 343 354 365 382
416 437 438 450 468 514 519 548 579 613 647 683 705 742 753 819 873 905 942; America/Vancouver 604
"""
"""Zone -> the codes that lie in it alone although their state has several."""

TERRITORIES = "867"
"""The code that the three territories of Canada's north share."""


@lru_cache(maxsize=1)
def _by_code() -> Mapping[str, tuple[str, str]]:
    return {
        code: (place[:2], place[3:]) for place, *codes in _entries(AREA_CODES) for code in codes
    }


@lru_cache(maxsize=1)
def _narrower() -> Mapping[str, str]:
    return {code: zone for zone, *codes in _entries(NARROWER) for code in codes}


def _entries(table: str) -> list[list[str]]:
    return [entry.split() for entry in table.split(";")]


def state_of(area_code: str) -> tuple[str, str] | None:
    """Country and state of a three-digit area code; ``None`` if it has no place here."""
    return _by_code().get(area_code)


def is_area_code(code: str) -> bool:
    """Whether it is known where this area code is dialed."""
    return code == TERRITORIES or code in _by_code()


def zones_of_code(area_code: str) -> tuple[str, ...]:
    """The zones in which an area code lies; those of both countries where nobody knows the code."""
    if zone := _narrower().get(area_code):
        return (zone,)
    if area_code == TERRITORIES:
        return tuple(zone for name in ("YT", "NT", "NU") for zone in zones_of("CA", name))
    state = state_of(area_code)
    return zones_of(*state) if state else (*zones_of("US"), *zones_of("CA"))
