"""The IANA zones a country or one of its regions lies in; zones that keep the same time are named
once.

Countries after the tz database's ``zone.tab`` (public domain); regions where the border of a zone
cuts a country into states. China is one zone by law, and so it is here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

REGIONS = """
AU-ACT Australia/Sydney; AU-NSW Australia/Sydney Australia/Adelaide; AU-NT Australia/Darwin; AU-QLD
Australia/Brisbane; AU-SA Australia/Adelaide; AU-TAS Australia/Hobart; AU-VIC Australia/Melbourne;
AU-WA Australia/Perth Australia/Eucla; CA-AB America/Edmonton; CA-BC America/Vancouver
America/Edmonton; CA-MB America/Winnipeg; CA-NB America/Halifax; CA-NL America/St_Johns
America/Halifax; CA-NS America/Halifax; CA-NT America/Edmonton; CA-NU America/Toronto
America/Winnipeg America/Edmonton; CA-ON America/Toronto America/Winnipeg; CA-PE America/Halifax;
CA-QC America/Toronto America/Halifax; CA-SK America/Regina America/Edmonton; CA-YT
America/Whitehorse; DE-BB Europe/Berlin; DE-BE Europe/Berlin; DE-BW Europe/Berlin; DE-BY
Europe/Berlin; DE-HB Europe/Berlin; DE-HE Europe/Berlin; DE-HH Europe/Berlin; DE-MV Europe/Berlin;
DE-NI Europe/Berlin; DE-NW Europe/Berlin; DE-RP Europe/Berlin; DE-SH Europe/Berlin; DE-SL
Europe/Berlin; DE-SN Europe/Berlin; DE-ST Europe/Berlin; DE-TH Europe/Berlin; ES-CN Atlantic/Canary;
PT-20 Atlantic/Azores; PT-30 Atlantic/Madeira; US-AK America/Anchorage America/Adak; US-AL
America/Chicago; US-AR America/Chicago; US-AS Pacific/Pago_Pago; US-AZ America/Phoenix
America/Denver; US-CA America/Los_Angeles; US-CO America/Denver; US-CT America/New_York; US-DC
America/New_York; US-DE America/New_York; US-FL America/New_York America/Chicago; US-GA
America/New_York; US-GU Pacific/Guam; US-HI Pacific/Honolulu; US-IA America/Chicago; US-ID
America/Denver America/Los_Angeles; US-IL America/Chicago; US-IN America/New_York America/Chicago;
US-KS America/Chicago America/Denver; US-KY America/New_York America/Chicago; US-LA America/Chicago;
US-MA America/New_York; US-MD America/New_York; US-ME America/New_York; US-MI America/New_York
America/Chicago; US-MN America/Chicago; US-MO America/Chicago; US-MP Pacific/Saipan; US-MS
America/Chicago; US-MT America/Denver; US-NC America/New_York; US-ND America/Chicago America/Denver;
US-NE America/Chicago America/Denver; US-NH America/New_York; US-NJ America/New_York; US-NM
America/Denver; US-NV America/Los_Angeles America/Denver; US-NY America/New_York; US-OH
America/New_York; US-OK America/Chicago; US-OR America/Los_Angeles America/Denver; US-PA
America/New_York; US-PR America/Puerto_Rico; US-RI America/New_York; US-SC America/New_York; US-SD
America/Chicago America/Denver; US-TN America/Chicago America/New_York; US-TX America/Chicago
America/Denver; US-UT America/Denver; US-VA America/New_York; US-VI America/Puerto_Rico; US-VT
America/New_York; US-WA America/Los_Angeles; US-WI America/Chicago; US-WV America/New_York; US-WY
America/Denver
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

CITIES = """
AU-NSW Australia/Adelaide: Broken Hill
AU-NSW Australia/Sydney: Albury, Coffs Harbour, Newcastle, Orange, Parramatta, Sydney, Tamworth,
Wagga Wagga, Wollongong
AU-WA Australia/Perth: Albany, Bunbury, Fremantle, Geraldton, Kalgoorlie, Perth
CA-BC America/Edmonton: Cranbrook, Creston, Dawson Creek, Fernie, Fort St John, Golden, Invermere,
Kimberley
CA-BC America/Vancouver: Abbotsford, Burnaby, Kamloops, Kelowna, Langley, Nanaimo, North Vancouver,
Prince George, Richmond, Surrey, Vancouver, Victoria
CA-NL America/Halifax: Happy Valley Goose Bay, Labrador City, Wabush
CA-NL America/St_Johns: Corner Brook, Gander, Mount Pearl, Paradise, St Johns
CA-NU America/Toronto: Iqaluit
CA-ON America/Toronto: Barrie, Brampton, Burlington, Guelph, Hamilton, Kingston, Kitchener, London,
Markham, Mississauga, North Bay, Oakville, Oshawa, Ottawa, Richmond Hill, Sault Ste Marie,
St Catharines, Sudbury, Thunder Bay, Toronto, Vaughan, Waterloo, Windsor
CA-ON America/Winnipeg: Dryden, Fort Frances, Kenora, Sioux Lookout
CA-QC America/Toronto: Gatineau, Laval, Levis, Longueuil, Montreal, Quebec, Quebec City, Saguenay,
Sherbrooke, Trois Rivieres
CA-SK America/Edmonton: Lloydminster
CA-SK America/Regina: Moose Jaw, Prince Albert, Regina, Saskatoon
ES Atlantic/Canary: Arrecife, Las Palmas, Las Palmas de Gran Canaria, Santa Cruz de Tenerife
ES Europe/Madrid: Barcelona, Bilbao, Madrid, Malaga, Murcia, Sevilla, Seville, Valencia, Zaragoza
NZ Pacific/Auckland: Auckland, Christchurch, Dunedin, Hamilton, Tauranga, Wellington
PT Atlantic/Azores: Angra do Heroismo, Ponta Delgada
PT Europe/Lisbon: Braga, Coimbra, Funchal, Lisboa, Lisbon, Porto
US-AK America/Anchorage: Anchorage, Fairbanks, Juneau, Ketchikan, Palmer, Sitka, Wasilla
US-AZ America/Denver: Chinle, Kayenta, Tuba City, Window Rock
US-AZ America/Phoenix: Chandler, Flagstaff, Gilbert, Glendale, Mesa, Peoria, Phoenix, Prescott,
Scottsdale, Surprise, Tempe, Tucson, Yuma
US-FL America/Chicago: Crestview, Destin, Fort Walton Beach, Marianna, Milton, Navarre, Niceville,
Panama City, Panama City Beach, Pensacola
US-FL America/New_York: Boca Raton, Clearwater, Coral Springs, Daytona Beach, Fort Lauderdale,
Fort Myers, Gainesville, Hialeah, Hollywood, Jacksonville, Lakeland, Melbourne, Miami, Miami Beach,
Naples, Ocala, Orlando, Palm Beach, Sarasota, St Petersburg, Tallahassee, Tampa, West Palm Beach
US-ID America/Denver: Boise, Caldwell, Idaho Falls, Meridian, Nampa, Pocatello, Rexburg, Twin Falls
US-ID America/Los_Angeles: Coeur dAlene, Hayden, Lewiston, Moscow, Post Falls, Sandpoint
US-IN America/Chicago: Crown Point, East Chicago, Evansville, Gary, Hammond, Merrillville,
Michigan City, Munster, Portage, Valparaiso
US-IN America/New_York: Anderson, Bloomington, Carmel, Columbus, Elkhart, Fishers, Fort Wayne,
Greenwood, Indianapolis, Kokomo, Lafayette, Muncie, Noblesville, Richmond, South Bend, Terre Haute,
West Lafayette
US-KS America/Chicago: Kansas City, Lawrence, Manhattan, Olathe, Overland Park, Salina, Topeka,
Wichita
US-KS America/Denver: Goodland, Syracuse, Tribune
US-KY America/Chicago: Bowling Green, Henderson, Hopkinsville, Madisonville, Murray, Owensboro,
Paducah
US-KY America/New_York: Ashland, Covington, Danville, Elizabethtown, Florence, Frankfort,
Georgetown, Lexington, Louisville, Nicholasville, Richmond, Somerset
US-MI America/Chicago: Iron Mountain, Ironwood, Menominee
US-MI America/New_York: Ann Arbor, Battle Creek, Dearborn, Detroit, Farmington Hills, Flint,
Grand Rapids, Holland, Jackson, Kalamazoo, Lansing, Livonia, Marquette, Midland, Novi, Pontiac,
Port Huron, Saginaw, Southfield, Sterling Heights, Traverse City, Troy, Warren
US-ND America/Chicago: Bismarck, Fargo, Grand Forks, Jamestown, Mandan, Minot, Williston
US-ND America/Denver: Dickinson
US-NE America/Chicago: Bellevue, Fremont, Grand Island, Kearney, Lincoln, Norfolk, North Platte,
Omaha
US-NE America/Denver: Alliance, Gering, Ogallala, Scottsbluff, Sidney
US-NV America/Denver: Jackpot, West Wendover
US-NV America/Los_Angeles: Carson City, Elko, Henderson, Las Vegas, North Las Vegas, Reno, Sparks
US-OR America/Denver: Ontario, Vale
US-OR America/Los_Angeles: Beaverton, Bend, Corvallis, Eugene, Gresham, Hillsboro, Medford,
Portland, Salem, Springfield, Tigard
US-SD America/Chicago: Aberdeen, Brookings, Huron, Mitchell, Pierre, Sioux Falls, Watertown, Yankton
US-SD America/Denver: Deadwood, Rapid City, Spearfish, Sturgis
US-TN America/Chicago: Brentwood, Clarksville, Columbia, Cookeville, Franklin, Germantown,
Hendersonville, Jackson, Memphis, Murfreesboro, Nashville, Smyrna
US-TN America/New_York: Chattanooga, Cleveland, Johnson City, Kingsport, Knoxville, Maryville,
Oak Ridge
US-TX America/Chicago: Abilene, Amarillo, Arlington, Austin, Beaumont, Brownsville, Corpus Christi,
Dallas, Denton, Fort Worth, Frisco, Garland, Houston, Irving, Laredo, Lubbock, McAllen, McKinney,
Midland, Odessa, Plano, Round Rock, San Antonio, Sugar Land, The Woodlands, Tyler, Waco,
Wichita Falls
US-TX America/Denver: El Paso, Socorro
"""
"""The larger cities of places with several zones, ``CC-RR zone: names``; of others the place's
zones are possible."""


WHOLE = frozenset(("AU", "CA", "DE", "US"))
"""Countries every region of which is listed."""


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, tuple[str, ...]]:
    entries = (entry.split() for entry in f"{REGIONS};{COUNTRIES}".split(";"))
    return {place: tuple(zones) for place, *zones in entries}


@lru_cache(maxsize=1)
def _cities() -> Mapping[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for entry in re.split(r"\n(?=[A-Z]{2}\b\S* \w+/)", CITIES.strip()):
        head, _, names = entry.partition(":")
        place, zone = head.split()
        found |= {(place, _plain(name)): zone for name in names.split(",")}
    return found


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """A city's name without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    bare = (char for char in letters if not unicodedata.combining(char) and char not in "'’")
    words = "".join(char if char.isalnum() else " " for char in bare)
    return " ".join("st" if word == "saint" else word for word in words.split())


def zones_of(country: str, region: str = "", city: str = "") -> tuple[str, ...]:
    """All zones in which somebody may be who lives there; none if the country is not known."""
    place = f"{country}-{region}" if f"{country}-{region}" in _zones() else country
    found = _zones().get(place, ())
    if city and len(found) > 1 and (zone := _cities().get((place, _plain(city)))):
        return (zone,)
    return found


def is_place(code: str) -> bool:
    """Whether there is a country or region by this code; of most countries any region passes."""
    country, _, region = code.partition("-")
    every = region and country in WHOLE
    return (code if every else country) in _zones()
