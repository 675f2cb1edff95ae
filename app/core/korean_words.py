"""Latin words, abbreviations and signs with letters that Koreans say in their own way: data of ``korean_latin``."""

from __future__ import annotations


def _table(text: str) -> dict[str, str]:
    """Written and spoken, parted by the last space; entries parted by commas."""
    entries = (entry.strip().rpartition(" ") for entry in text.split(",") if entry.strip())
    return {written: spoken for written, _, spoken in entries}


ABBREVIATIONS = _table("""
APP 앱, RAM 램, PIN 핀, POS 포스, TEL 전화, FAX 팩스, PW 비밀번호, VAT 부가세, HP 휴대전화,
GB 기가바이트, MB 메가바이트, TB 테라바이트, POSCO 포스코, NASA 나사, KOTRA 코트라, KOSPI 코스피,
LOTTE 롯데, NICE 나이스, KEPCO 켑코, ROTC 알오티씨, TOEIC 토익, TOEFL 토플, TEPS 텝스, JPG 제이피지,
ZIP 집, SIM 심, USIM 유심, AIDS 에이즈, COVID 코로나, EA 개, LASIK 라식, LH 엘에이치, SIMPLE 심플,
PASS 패스, LOL 롤, STEAM 스팀, SHOW 쇼, VISA 비자, MASTER 마스터, AMEX 아멕스,
""")
"""Upper case only, and not spelled."""

WORDS = _table("""
iot 아이오티, aiot 에이아이오티, saas 사스, ios 아이오에스, map 맵, zip 집, xr 엑스알,
tv 티브이, pc 피씨, email 이메일, mail 메일, e-mail 이메일, tel 전화, fax 팩스, qna 큐앤에이, url 유알엘,
app 앱, ok 오케이, okay 오케이, wifi 와이파이, id 아이디, vip 브이아이피, faq 에프에이큐, ars 에이알에스,
sms 에스엠에스, iptv 아이피티브이, abc 에이비씨, usim 유심, cctv 씨씨티브이, kg 킬로그램, km 킬로미터,
cm 센티미터, mm 밀리미터, ml 밀리리터, naver 네이버, kakao 카카오, kakaotalk 카카오톡,
kakaopay 카카오페이, google 구글, youtube 유튜브, instagram 인스타그램, facebook 페이스북,
twitter 트위터, tiktok 틱톡, samsung 삼성, galaxy 갤럭시, iphone 아이폰, ipad 아이패드, apple 애플,
android 안드로이드, windows 윈도우, microsoft 마이크로소프트, gmail 지메일, hanmail 한메일, daum 다음,
nate 네이트, coupang 쿠팡, gmarket 지마켓, auction 옥션, toss 토스, naverpay 네이버페이, amazon 아마존,
netflix 넷플릭스, zoom 줌, line 라인, band 밴드, blog 블로그, cafe 카페, hotel 호텔, shop 숍, mall 몰,
store 스토어, market 마켓, mart 마트, outlet 아웃렛, coffee 커피, bakery 베이커리, pizza 피자,
chicken 치킨, burger 버거, restaurant 레스토랑, bar 바, pub 펍, food 푸드, dessert 디저트, tea 티,
beauty 뷰티, hair 헤어, nail 네일, skin 스킨, spa 스파, fitness 피트니스, gym 짐, yoga 요가,
pilates 필라테스, golf 골프, health 헬스, clinic 클리닉, care 케어, dental 덴탈, center 센터,
centre 센터, call 콜, help 헬프, desk 데스크, helpdesk 헬프데스크, support 서포트, service 서비스,
info 인포, admin 어드민, manager 매니저, master 마스터, team 팀, office 오피스, company 컴퍼니,
group 그룹, global 글로벌, korea 코리아, seoul 서울, busan 부산, jeju 제주, park 파크, city 시티,
tower 타워, plaza 플라자, home 홈, house 하우스, school 스쿨, academy 아카데미, english 잉글리시,
kids 키즈, baby 베이비, class 클래스, study 스터디, test 테스트, lesson 레슨, sale 세일, open 오픈,
close 클로즈, event 이벤트, new 뉴, best 베스트, hot 핫, top 톱, free 프리, gift 기프트, card 카드,
pay 페이, point 포인트, cash 캐시, bank 뱅크, smart 스마트, mobile 모바일, online 온라인,
offline 오프라인, digital 디지털, data 데이터, cloud 클라우드, web 웹, web-site 웹사이트,
website 웹사이트, homepage 홈페이지, site 사이트, login 로그인, logout 로그아웃, click 클릭, menu 메뉴,
guide 가이드, notice 노티스, tip 팁, check 체크, plus 플러스, premium 프리미엄, gold 골드, silver 실버,
black 블랙, white 화이트, red 레드, blue 블루, green 그린, pink 핑크, basic 베이직, pro 프로,
lite 라이트, mini 미니, max 맥스, set 세트, box 박스, room 룸, floor 플로어, zone 존, suite 스위트,
standard 스탠더드, deluxe 디럭스, family 패밀리, single 싱글, double 더블, twin 트윈, love 러브,
happy 해피, good 굿, hello 헬로, hi 하이, welcome 웰컴, thank 땡크, thanks 땡스, you 유, please 플리즈,
and 앤드, day 데이, time 타임, break 브레이크, lunch 런치, dinner 디너, brunch 브런치, order 오더,
delivery 딜리버리, today 투데이, bus 버스, taxi 택시, express 익스프레스, air 에어, tour 투어,
travel 트래블, ticket 티켓, music 뮤직, movie 무비, game 게임, play 플레이, pet 펫, dog 도그, cat 캣,
flower 플라워, design 디자인, studio 스튜디오, photo 포토, art 아트, book 북, note 노트, news 뉴스,
radio 라디오, sound 사운드, live 라이브, show 쇼, talk 톡, chat 챗, chatbot 챗봇, bot 봇, message 메시지,
push 푸시, lte 엘티이, led 엘이디, usb 유에스비, pdf 피디에프, excel 엑셀, word 워드, file 파일,
download 다운로드, upload 업로드, update 업데이트, version 버전, ver 버전, vol 볼륨, step 스텝,
level 레벨, lv 레벨, type 타입, part 파트, season 시즌, only 온리, all 올, on 온, off 오프, up 업,
out 아웃, in 인, vs 대, no 노, yes 예스, starbucks 스타벅스, nike 나이키, adidas 아디다스, hyundai 현대,
kia 기아, lotte 롯데, shinsegae 신세계, emart 이마트, homeplus 홈플러스, costco 코스트코, ikea 이케아,
daiso 다이소, oliveyoung 올리브영, kakaobank 카카오뱅크, hana 하나, woori 우리, shinhan 신한,
hanwha 한화, doosan 두산, posco 포스코, toast 토스트, notion 노션, slack 슬랙, teams 팀즈,
""")
"""In any case."""

PHRASES = {
    "a/s": "에이에스", "c/s": "씨에스", "s/n": "시리얼", "s/w": "소프트웨어", "h/w": "하드웨어",
    "n/a": "해당 없음", "o/s": "운영체제", "h.p": "휴대전화", "h/p": "휴대전화", "l.o": "라스트오더",
    "e-mail": "이메일", "x-ray": "엑스레이", "x-mas": "크리스마스", "wi-fi": "와이파이",
    "k-pop": "케이팝", "d-day": "디데이", "check-in": "체크인", "check-out": "체크아웃",
    "s-oil": "에쓰오일", "t-money": "티머니", "lgu+": "엘지유플러스", "lg u+": "엘지유플러스",
    "u+": "유플러스", "c++": "씨플러스플러스", "thank you": "땡큐", "last order": "라스트오더",
    "break time": "브레이크타임", "top 10": "톱 텐", "no.1": "넘버원", "mp3": "엠피쓰리",
    "mp4": "엠피포", "a4": "에이포", "a3": "에이쓰리", "b4": "비포", "h1n1": "에이치원엔원", "b5 용지": "비파이브 용지",
    "b5 노트": "비파이브 노트", "co2": "씨오투",
    "h2o": "에이치투오", "2d": "투디", "3d": "쓰리디", "4d": "포디", "4k": "포케이", "8k": "에이트케이",
    "3m": "쓰리엠", "3g": "쓰리지", "4g": "포지", "5g": "파이브지", "6g": "식스지", "b2b": "비투비",
    "b2c": "비투씨", "b2g": "비투지", "c2c": "씨투씨", "o2o": "오투오", "p2p": "피투피",
    "1++": "투 플러스", "1+1": "원 플러스 원", "2+1": "투 플러스 원", "3+1": "쓰리 플러스 원",
    "24/7": "연중무휴 이십사 시간",
}  # fmt: skip
"""Letters together with signs or figures, in any case but for the ones below."""

UPPER_PHRASES = frozenset({"3m", "2d", "3d", "4d", "3g", "4g", "5g", "6g", "4k", "8k"})
"""Only when the letter is a capital: 5g are grams, 3m metres."""
