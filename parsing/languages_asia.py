"""Chinese, Japanese, Korean, Vietnamese and other languages of Asia, Hebrew, Arabic, Persian: data, see language.py."""

from __future__ import annotations

from parsing.language import Language

ASIA = (
    Language(
        code="zh",
        starts="在|于|於|周|星期|on|at|您在|你在",
        wrote="写道|寫道|写到|來信|来信|写信|寫信|寫了|的邮件|的來信",
        sender="发件人|寄件者|寄件人|發件人|发信人|發信人|发送人|發送者",
        sent="发送时间|发送日期|日期|傳送時間|寄件日期|發送時間|時間|时间|发件时间|傳送日期|寄件時間|发送于|發送日期",
        to="收件人|收件者|抄送|副本|抄送人|密件抄送|收信人|抄送者",
        subject="主题|主旨|主題|标题|標題",
        original="原始邮件|原始郵件|原始信息|原始訊息|原始消息|原邮件|原郵件|回复的原邮件|回覆的原郵件|"
        "回复的邮件|原始信件|邮件原件",
        forwarded="转发的邮件|转发邮件|轉寄郵件|转发邮件信息|轉寄的郵件|已转发的邮件|转发的消息|被转发邮件|"
        "轉寄的訊息|開始轉寄郵件|以下是转发的邮件|开始转发邮件|转发消息|轉發郵件|被转发的邮件",
        sent_from="发自我的…|發自我的…|從我的 … 傳送|从我的 … 发送|获取 outlook …|從 outlook …|从 outlook …|"
        "取得 outlook …|下载 outlook …|我的 … 发送|由 … 发送|傳送自 …|从我的iphone发送|從我的iphone傳送|"
        "使用 … 发送|下載 outlook …|发送自 …|从网易邮箱 …",
        closings="此致|敬礼|祝好|祝商祺|顺颂商祺|謝謝|敬上|此致敬礼|順頌商祺|敬祝|祝商安",
        disclaimer="本邮件及其附件|保密信息|如果您错收|仅限于|本郵件|機密資訊|如果您不是",
    ),
    Language(
        code="ja",
        starts="on|日時|さんは",
        wrote="のメッセージ|のメール|が書きました|書き込みました|は書きました|さんは書きました|さんからのメール|様のメール|"
        "さんは|のメールで|さんが書いた|は次のように書きました|のメッセージ|さんのメッセージ|wrote",
        sender="差出人|送信者|送信元|発信者|from",
        sent="送信日時|日付|日時|送信日|受信日時|送信時刻",
        to="宛先|宛て先|受信者|to|cc|同報",
        subject="件名|題名|表題",
        original="元のメッセージ|元のメール|オリジナルメッセージ|元の予定|original message",
        forwarded="転送されたメッセージ|転送メッセージ|転送メール|転送|以下転送|転送されたメール",
        sent_from="iphoneから送信|ipadから送信|androidから送信|私の … から送信|…から送信|…より送信|"
        "outlook for ios を入手|outlook for android を入手|…から送信されました|"
        "androidスマートフォンから送信",
        closings="よろしくお願いします|よろしくお願いいたします|よろしくお願い致します|宜しくお願い致します|敬具|草々|以上|"
        "宜しくお願いいたします|どうぞよろしくお願いいたします",
    ),
    Language(
        code="ko",
        starts="on|오전|오후|월|화|수|목|금|토|일",
        wrote="작성|님이 작성|작성했습니다|님이 작성함|씀|님이 씀|님이 쓴 글|님의 말|작성하셨습니다|"
        "님이 다음을 작성함|썼습니다|"
        "님의 메시지|에 작성|님이 보낸 메일",
        sender="보낸 사람|보낸사람|보내는 사람|발신|발신인|발신자",
        sent="보낸 날짜|날짜|보낸날짜|보낸 시간|일시|받은 날짜|전송일시|전송",
        to="받는 사람|받는사람|참조|수신|수신인|수신자",
        subject="제목",
        original="원본 메시지|원본메시지|원본 메일|원본메일|원본 이메일|원래 메시지|원본 약속",
        forwarded="전달된 메시지|전달된 메일|전달 메시지|전달된 이메일|전달된 메시지 시작",
        sent_from="내 … 에서 보냄|내 …에서 보냄|나의 …에서 보냄|나의 … 에서 보냄|iphone에서 보냄|…에서 보냄|"
        "ios용 outlook …|android용 outlook …|…에서 보낸 메일|outlook 다운로드 …",
        closings="감사합니다 드림|드림|올림|수고하세요|배상",
    ),
    Language(
        code="vi",
        starts="vào|lúc|on|ngày|th 2|th 3|th 4|th 5|th 6|th 7|cn",
        wrote="đã viết|viết|đã viết như sau",
        sender="từ|người gửi",
        sent="ngày|đã gửi|date|ngày gửi|thời gian",
        to="đến|tới|cc|người nhận",
        subject="chủ đề|tiêu đề",
        original="thư gốc|tin nhắn gốc|thông điệp gốc",
        forwarded="thư đã chuyển tiếp|thư được chuyển tiếp|tin nhắn đã chuyển tiếp|forwarded message",
        sent_from="đã gửi từ …|gửi từ …|được gửi từ …|tải outlook cho …|nhận outlook …",
        closings="trân trọng|thân mến|thân ái|trân trọng cảm ơn|kính thư|chân thành cảm ơn",
    ),
    Language(
        code="id",
        starts="pada|on|tanggal|sen|sel|rab|kam|jum|sab|min",
        wrote="menulis|menulis: |telah menulis",
        sender="dari|pengirim",
        sent="dikirim|tanggal|terkirim|dihantar|tarikh",
        to="kepada|untuk|ke|tembusan",
        subject="subjek|perihal|hal",
        original="pesan asli|pesan asal|mesej asal",
        forwarded="pesan terusan|pesan yang diteruskan|mesej dimajukan|pesan diteruskan",
        sent_from="dikirim dari …|terkirim dari …|dihantar dari …|dapatkan outlook …",
        closings="hormat saya|salam hormat|terima kasih dan salam|salam|hormat kami|salam sejahtera",
    ),
    Language(
        code="th",
        starts="เมื่อ|ในวันที่|วันที่|ใน",
        wrote="เขียนว่า|เขียน|ได้เขียน",
        sender="จาก",
        sent="ส่งเมื่อ|วันที่|ส่ง",
        to="ถึง|สำเนาถึง",
        subject="เรื่อง|หัวเรื่อง",
        original="ข้อความต้นฉบับ",
        forwarded="ข้อความที่ส่งต่อ|ข้อความส่งต่อ",
        sent_from="ส่งจาก iphone|ส่งจาก …|รับ outlook …",
        closings="ขอแสดงความนับถือ|ด้วยความเคารพ",
    ),
    Language(
        code="he",
        starts="בתאריך|ב-|ביום|מאת|ב",
        wrote="כתב/ה|כתב|כתבה|מאת|כתבו|נכתב על ידי",
        sender="מאת|מ",
        sent="נשלח|תאריך|בתאריך",
        to="אל|עותק|לכבוד|ל",
        subject="נושא|הנדון",
        original="הודעה מקורית|ההודעה המקורית",
        forwarded="הודעה שהועברה|הודעה מועברת|תחילת ההודעה שהועברה",
        sent_from="נשלח מה …|נשלח מ …|נשלח מה-iphone …|נשלח באמצעות …|קבל את outlook …",
        closings="בברכה|בכבוד רב|תודה וברכה|בתודה|כל טוב",
    ),
    Language(
        code="ar",
        starts="في|بتاريخ|يوم|في يوم|كتب|كتبت",
        wrote="كتب|كتبت|كتب/ت|قال|أرسل|كتبوا|كتب ما يلي",
        sender="من|المرسل|مِن",
        sent="تم الإرسال|التاريخ|أرسلت|تاريخ|تاريخ الإرسال|أُرسلت",
        to="إلى|الى|نسخة|المستلم",
        subject="الموضوع|موضوع",
        original="الرسالة الأصلية|رسالة أصلية|الرسالة الاصلية",
        forwarded="رسالة معاد توجيهها|الرسالة المعاد توجيهها|رسالة مُعاد توجيهها|بداية الرسالة المحولة",
        sent_from="أرسلت من …|مرسل من …|أُرسلت من …|تم الإرسال من …|احصل على outlook …|تم إرساله من …|أرسل من …",
        closings="مع التحية|مع أطيب التحيات|تحياتي|مع خالص التحية|وتفضلوا بقبول فائق الاحترام|مع تحياتي",
    ),
    Language(
        code="fa",
        starts="در|در تاریخ|به تاریخ",
        wrote="نوشت|نوشته|نوشته است",
        sender="از|فرستنده",
        sent="ارسال شده|تاریخ|ارسال",
        to="به|گیرنده|رونوشت",
        subject="موضوع",
        original="پیام اصلی|پیام اولیه",
        forwarded="پیام ارجاع شده|پیام هدایت‌شده|پیام ارسال شده",
        sent_from="ارسال شده از …|از آیفون من|فرستاده شده از …",
        closings="با احترام|با تشکر و احترام|ارادتمند",
    ),
)
