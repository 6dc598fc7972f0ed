"""The IANA zones a country or one of its regions lies in; zones that keep the same time are named
once.

Countries after the tz database's ``zone.tab`` (public domain); regions where the border of a zone
cuts a country into states. China is one zone by law, and so it is here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

REGIONS = """
AU-ACT Australia/Sydney; AU-NSW Australia/Sydney Australia/Adelaide; AU-NT Australia/Darwin;
AU-QLD Australia/Brisbane; AU-SA Australia/Adelaide; AU-TAS Australia/Hobart; AU-VIC
Australia/Melbourne; AU-WA Australia/Perth Australia/Eucla; CA-AB America/Edmonton; CA-BC
America/Vancouver America/Edmonton; CA-MB America/Winnipeg; CA-NB America/Halifax; CA-NL
America/St_Johns America/Halifax; CA-NS America/Halifax; CA-NT America/Edmonton; CA-NU
America/Toronto America/Winnipeg America/Edmonton; CA-ON America/Toronto America/Winnipeg; CA-PE
America/Halifax; CA-QC America/Toronto America/Halifax; CA-SK America/Regina America/Edmonton;
CA-YT America/Whitehorse; ES-CN Atlantic/Canary; PT-20 Atlantic/Azores; PT-30 Atlantic/Madeira;
US-AK America/Anchorage America/Adak; US-AL America/Chicago; US-AR America/Chicago; US-AS
Pacific/Pago_Pago; US-AZ America/Phoenix America/Denver; US-CA America/Los_Angeles; US-CO
America/Denver; US-CT America/New_York; US-DC America/New_York; US-DE America/New_York; US-FL
America/New_York America/Chicago; US-GA America/New_York; US-GU Pacific/Guam; US-HI
Pacific/Honolulu; US-IA America/Chicago; US-ID America/Denver America/Los_Angeles; US-IL
America/Chicago; US-IN America/New_York America/Chicago; US-KS America/Chicago America/Denver;
US-KY America/New_York America/Chicago; US-LA America/Chicago; US-MA America/New_York; US-MD
America/New_York; US-ME America/New_York; US-MI America/New_York America/Chicago; US-MN
America/Chicago; US-MO America/Chicago; US-MP Pacific/Saipan; US-MS America/Chicago; US-MT
America/Denver; US-NC America/New_York; US-ND America/Chicago America/Denver; US-NE
America/Chicago America/Denver; US-NH America/New_York; US-NJ America/New_York; US-NM
America/Denver; US-NV America/Los_Angeles America/Denver; US-NY America/New_York; US-OH
America/New_York; US-OK America/Chicago; US-OR America/Los_Angeles America/Denver; US-PA
America/New_York; US-PR America/Puerto_Rico; US-RI America/New_York; US-SC America/New_York;
US-SD America/Chicago America/Denver; US-TN America/Chicago America/New_York; US-TX
America/Chicago America/Denver; US-UT America/Denver; US-VA America/New_York; US-VI
America/Puerto_Rico; US-VT America/New_York; US-WA America/Los_Angeles; US-WI America/Chicago;
US-WV America/New_York; US-WY America/Denver
"""
"""``CC-RR`` -> zones, the one most people live in first. Regions that are not listed have their
country's."""

COUNTRIES = """
AD Europe/Andorra; AE Asia/Dubai; AF Asia/Kabul; AG America/Antigua; AI America/Anguilla; AL
Europe/Tirane; AM Asia/Yerevan; AO Africa/Luanda; AR America/Argentina/Buenos_Aires; AS
Pacific/Pago_Pago; AT Europe/Vienna; AU Australia/Sydney Australia/Brisbane Australia/Adelaide
Australia/Darwin Australia/Perth Australia/Eucla Australia/Lord_Howe; AW America/Aruba; AX
Europe/Mariehamn; AZ Asia/Baku; BA Europe/Sarajevo; BB America/Barbados; BD Asia/Dhaka; BE
Europe/Brussels; BF Africa/Ouagadougou; BG Europe/Sofia; BH Asia/Bahrain; BI Africa/Bujumbura; BJ
Africa/Porto-Novo; BL America/St_Barthelemy; BM Atlantic/Bermuda; BN Asia/Brunei; BO America/La_Paz;
BQ America/Kralendijk; BR America/Sao_Paulo America/Manaus America/Rio_Branco America/Noronha; BS
America/Nassau; BT Asia/Thimphu; BW Africa/Gaborone; BY Europe/Minsk; BZ America/Belize; CA
America/Toronto America/Halifax America/St_Johns America/Winnipeg America/Regina America/Edmonton
America/Vancouver; CC Indian/Cocos; CD Africa/Kinshasa Africa/Lubumbashi; CF Africa/Bangui; CG
Africa/Brazzaville; CH Europe/Zurich; CI Africa/Abidjan; CK Pacific/Rarotonga; CL America/Santiago
America/Punta_Arenas Pacific/Easter; CM Africa/Douala; CN Asia/Shanghai; CO America/Bogota; CR
America/Costa_Rica; CU America/Havana; CV Atlantic/Cape_Verde; CW America/Curacao; CX
Indian/Christmas; CY Asia/Nicosia; CZ Europe/Prague; DE Europe/Berlin; DJ Africa/Djibouti; DK
Europe/Copenhagen; DM America/Dominica; DO America/Santo_Domingo; DZ Africa/Algiers; EC
America/Guayaquil Pacific/Galapagos; EE Europe/Tallinn; EG Africa/Cairo; EH Africa/El_Aaiun; ER
Africa/Asmara; ES Europe/Madrid Atlantic/Canary; ET Africa/Addis_Ababa; FI Europe/Helsinki; FJ
Pacific/Fiji; FK Atlantic/Stanley; FM Pacific/Chuuk Pacific/Pohnpei; FO Atlantic/Faroe; FR
Europe/Paris; GA Africa/Libreville; GB Europe/London; GD America/Grenada; GE Asia/Tbilisi; GF
America/Cayenne; GG Europe/Guernsey; GH Africa/Accra; GI Europe/Gibraltar; GL America/Nuuk
America/Danmarkshavn America/Thule; GM Africa/Banjul; GN Africa/Conakry; GP America/Guadeloupe; GQ
Africa/Malabo; GR Europe/Athens; GS Atlantic/South_Georgia; GT America/Guatemala; GU Pacific/Guam;
GW Africa/Bissau; GY America/Guyana; HK Asia/Hong_Kong; HN America/Tegucigalpa; HR Europe/Zagreb; HT
America/Port-au-Prince; HU Europe/Budapest; ID Asia/Jakarta Asia/Makassar Asia/Jayapura; IE
Europe/Dublin; IL Asia/Jerusalem; IM Europe/Isle_of_Man; IN Asia/Kolkata; IO Indian/Chagos; IQ
Asia/Baghdad; IR Asia/Tehran; IS Atlantic/Reykjavik; IT Europe/Rome; JE Europe/Jersey; JM
America/Jamaica; JO Asia/Amman; JP Asia/Tokyo; KE Africa/Nairobi; KG Asia/Bishkek; KH
Asia/Phnom_Penh; KI Pacific/Tarawa Pacific/Kanton Pacific/Kiritimati; KM Indian/Comoro; KN
America/St_Kitts; KP Asia/Pyongyang; KR Asia/Seoul; KW Asia/Kuwait; KY America/Cayman; KZ
Asia/Almaty; LA Asia/Vientiane; LB Asia/Beirut; LC America/St_Lucia; LI Europe/Vaduz; LK
Asia/Colombo; LR Africa/Monrovia; LS Africa/Maseru; LT Europe/Vilnius; LU Europe/Luxembourg; LV
Europe/Riga; LY Africa/Tripoli; MA Africa/Casablanca; MC Europe/Monaco; MD Europe/Chisinau; ME
Europe/Podgorica; MF America/Marigot; MG Indian/Antananarivo; MH Pacific/Majuro; MK Europe/Skopje;
ML Africa/Bamako; MM Asia/Yangon; MN Asia/Ulaanbaatar Asia/Hovd; MO Asia/Macau; MP Pacific/Saipan;
MQ America/Martinique; MR Africa/Nouakchott; MS America/Montserrat; MT Europe/Malta; MU
Indian/Mauritius; MV Indian/Maldives; MW Africa/Blantyre; MX America/Mexico_City America/Cancun
America/Matamoros America/Ciudad_Juarez America/Mazatlan America/Tijuana; MY Asia/Kuala_Lumpur; MZ
Africa/Maputo; NA Africa/Windhoek; NC Pacific/Noumea; NE Africa/Niamey; NF Pacific/Norfolk; NG
Africa/Lagos; NI America/Managua; NL Europe/Amsterdam; NO Europe/Oslo; NP Asia/Kathmandu; NR
Pacific/Nauru; NU Pacific/Niue; NZ Pacific/Auckland Pacific/Chatham; OM Asia/Muscat; PA
America/Panama; PE America/Lima; PF Pacific/Tahiti Pacific/Marquesas Pacific/Gambier; PG
Pacific/Port_Moresby Pacific/Bougainville; PH Asia/Manila; PK Asia/Karachi; PL Europe/Warsaw; PM
America/Miquelon; PN Pacific/Pitcairn; PR America/Puerto_Rico; PS Asia/Gaza; PT Europe/Lisbon
Atlantic/Azores; PW Pacific/Palau; PY America/Asuncion; QA Asia/Qatar; RE Indian/Reunion; RO
Europe/Bucharest; RS Europe/Belgrade; RU Europe/Moscow Europe/Kaliningrad Europe/Samara
Asia/Yekaterinburg Asia/Omsk Asia/Novosibirsk Asia/Irkutsk Asia/Yakutsk Asia/Vladivostok
Asia/Magadan Asia/Kamchatka; RW Africa/Kigali; SA Asia/Riyadh; SB Pacific/Guadalcanal; SC
Indian/Mahe; SD Africa/Khartoum; SE Europe/Stockholm; SG Asia/Singapore; SH Atlantic/St_Helena; SI
Europe/Ljubljana; SJ Arctic/Longyearbyen; SK Europe/Bratislava; SL Africa/Freetown; SM
Europe/San_Marino; SN Africa/Dakar; SO Africa/Mogadishu; SR America/Paramaribo; SS Africa/Juba; ST
Africa/Sao_Tome; SV America/El_Salvador; SX America/Lower_Princes; SY Asia/Damascus; SZ
Africa/Mbabane; TC America/Grand_Turk; TD Africa/Ndjamena; TF Indian/Kerguelen; TG Africa/Lome; TH
Asia/Bangkok; TJ Asia/Dushanbe; TK Pacific/Fakaofo; TL Asia/Dili; TM Asia/Ashgabat; TN Africa/Tunis;
TO Pacific/Tongatapu; TR Europe/Istanbul; TT America/Port_of_Spain; TV Pacific/Funafuti; TW
Asia/Taipei; TZ Africa/Dar_es_Salaam; UA Europe/Kyiv; UG Africa/Kampala; UM Pacific/Midway
Pacific/Wake; US America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles
America/Anchorage America/Adak Pacific/Honolulu; UY America/Montevideo; UZ Asia/Samarkand; VA
Europe/Vatican; VC America/St_Vincent; VE America/Caracas; VG America/Tortola; VI America/St_Thomas;
VN Asia/Ho_Chi_Minh; VU Pacific/Efate; WF Pacific/Wallis; WS Pacific/Apia; YE Asia/Aden; YT
Indian/Mayotte; ZA Africa/Johannesburg; ZM Africa/Lusaka; ZW Africa/Harare
"""
"""Each country and its zones, the one most people live in first where it is known."""


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, tuple[str, ...]]:
    entries = (entry.split() for entry in f"{REGIONS};{COUNTRIES}".split(";"))
    return {place: tuple(zones) for place, *zones in entries}


def zones_of(country: str, region: str = "") -> tuple[str, ...]:
    """All zones in which somebody may be who lives there; none if the country is not known."""
    return _zones().get(f"{country}-{region}") or _zones().get(country, ())
