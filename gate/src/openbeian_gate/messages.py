"""What the command says, in Chinese and in English."""

from typing import Final

from openbeian_gate.text import Text

__all__ = [
    "ADMITTED",
    "ADMITTED_BY_PERMIT",
    "BULK",
    "CLOCK_OFF",
    "COMMANDS",
    "CREDENTIAL",
    "EXAMPLES",
    "FRESHNESS",
    "LOGGED",
    "ON_THE_PAGE",
    "OPTIONS",
    "PROGRAM",
    "PROVED",
    "PUBLISHED_LATE",
    "SYNCED",
    "UNLOGGED",
    "VERIFIED",
    "WITHHELD",
    "WITNESSING",
]

PROGRAM: Final = Text(
    "核验备案、拒绝未备案的服务。退出码：0 正常，1 拒绝或核验不成立，2 用法不对，3 无法执行。",
    "Checks filings and refuses what is not on file. "
    "Exit codes: 0 fine, 1 refused or does not verify, 2 wrong use, 3 could not run.",
)

COMMANDS: Final = {
    "check": Text("查询一个服务能否放行", "say whether a service is let through"),
    "verify": Text(
        "离线核验一份证书（JSON、PDF、SD-JWT）或日志证明",
        "verify a certificate (JSON, PDF, SD-JWT) or a log proof offline",
    ),
    "bulk": Text("核验一张表格中的全部服务", "decide every service of a table"),
    "sync": Text("取回并保存一次快照", "fetch the snapshot once and keep it"),
    "serve": Text(
        "运行核验服务（供 nginx auth_request、Envoy ext_authz 使用）",
        "run the check server (for nginx auth_request and Envoy ext_authz)",
    ),
    "proxy": Text("在一个服务之前运行反向代理", "run a reverse proxy before one service"),
    "status": Text("显示快照的版本与新旧", "show the snapshot's version and age"),
    "witness": Text(
        "运行日志的见证（应在登记机关之外运行）", "run a witness of a log (elsewhere than the register)"
    ),
}

_FROM: Final = "--repository https://register.example/repository --root root.json --keep gate"
EXAMPLES: Final = {
    "check": f"beian-gate check svc-001 {_FROM}",
    "verify": "beian-gate verify certificate.json --keys keys.json --proof certificate.tlog-proof",
    "bulk": f"beian-gate bulk apps.csv decided.csv {_FROM}",
    "sync": f"beian-gate sync {_FROM}",
    "serve": f"beian-gate serve {_FROM} --port 8095",
    "proxy": f"beian-gate proxy {_FROM} --upstream http://127.0.0.1:8000 --service svc-001",
    "status": f"beian-gate status {_FROM}",
    "witness": "beian-gate witness --name witness.example/notary --key witness.pem --state witness "
    "--log register.example/log --keys keys.json",
}

OPTIONS: Final = {
    "subject": Text("服务标识或备案号", "service id or filing number"),
    "repository": Text("登记册仓库的网址或目录", "address or folder of the register's repository"),
    "root": Text(
        "受信任的仓库根文件，须已当面或经他途核对指纹",
        "the repository's root file that you trust, its fingerprint compared by a way of its own",
    ),
    "snapshot": Text(
        "不用仓库时：单份签名快照的网址或文件",
        "without a repository: address or file of one signed snapshot",
    ),
    "keys": Text("受信任的公钥文件", "file of the trusted public keys"),
    "keep": Text(
        "用仓库时为保存所见状态的目录，否则为保存最近一份有效快照的文件",
        "folder to keep what was seen of the repository in; of one snapshot, the file to keep it in",
    ),
    "poll": Text(
        "每隔几秒查看一次（默认依登记机关的规则，无规则时 30）",
        "seconds between looks (default as the register's rules say, 30 where there are none)",
    ),
    "json": Text("以 JSON 输出", "answer in JSON"),
    "lang": Text("输出语言（默认取自 LANG）", "language of the output (default from LANG)"),
    "file": Text("证书（JSON、PDF、SD-JWT）或日志证明文件", "certificate (JSON, PDF, SD-JWT) or log proof"),
    "proof": Text("随证书发布的日志证明文件", "log proof published with the certificate"),
    "origin": Text("日志应有的名称", "name the log must have"),
    "witnesses": Text("日志须有几位见证会签", "how many witnesses must have cosigned the log"),
    "table": Text("带首行标题的 CSV 表格", "CSV table with a heading row"),
    "out": Text("写入结果的文件", "file to write the decisions to"),
    "column": Text("写有服务标识或备案号的列名", "heading of the column that names the service"),
    "name": Text("见证的名称", "name of the witness"),
    "key": Text("见证的私钥文件，没有则生成", "the witness's private key file, made if there is none"),
    "log": Text("要见证的日志的名称，可重复", "name of a log to witness; may be repeated"),
    "state": Text("记录已会签检查点的目录", "folder to remember cosigned checkpoints in"),
    "upstream": Text("被保护服务的地址", "address of the service behind the gate"),
    "service": Text("被保护服务的标识或备案号", "id or filing number of the service behind the gate"),
    "user": Text(
        "使用者（仅沙盒许可需要；只查询，不占名额）",
        "who would use it (for sandbox permits; only asks, takes no place)",
    ),
    "use": Text("用途，如 trial（仅沙盒许可需要）", "what for, such as trial (for sandbox permits)"),
    "user-header": Text(
        "由前置服务写明使用者的请求头（仅沙盒许可需要）",
        "header in which the front before the proxy names the user (for sandbox permits)",
    ),
    "data": Text(
        "保存试用名额与待发报告的目录", "folder that keeps trial places and reports that wait to be sent"
    ),
    "report-to": Text(
        "登记机关接收报告的网址；不给则不报告",
        "the register's address for reports; left out, nothing is reported",
    ),
    "report-key": Text("写有平台密钥的文件", "file with the platform's key"),
    "report-decisions": Text(
        "报告中附上逐条决定（服务只有哈希）", "add the decisions, by hash, to the reports"
    ),
    "gate-name": Text("此闸口在报告中的名称", "what this gate is called in reports"),
    "decision-log": Text("逐条记录决定的 JSONL 文件", "JSONL file to append decisions to"),
    "report-every": Text("每隔几秒报告一次（默认 60）", "seconds between reports (default 60)"),
    "sample-every": Text(
        "每多少次放行记录一次，0 为不记（默认 100）",
        "list one admission in so many, 0 for none (default 100)",
    ),
    "host": Text("监听地址（默认 127.0.0.1）", "address to listen on (default 127.0.0.1)"),
    "port": Text("监听端口", "port to listen on"),
    "example": Text("示例", "example"),
}

FRESHNESS: Final = {
    "fresh": Text("最新", "fresh"),
    "stale": Text("未能更新，尚在宽限期内", "not renewed, but within its grace"),
}

BULK: Final = Text(
    "共 {total} 项：放行 {admitted}，拒绝 {refused}，无法确认 {undecided}；结果见 {out}。",
    "{total} services: {admitted} admitted, {refused} refused, {undecided} that can't be told; see {out}.",
)
SYNCED: Final = Text(
    "已保存快照版本 {version}（{filings} 项备案）至 {keep}。",
    "Kept snapshot version {version} ({filings} filings) in {keep}.",
)
CLOCK_OFF: Final = Text(
    "警告：按签名时间判断，本机时钟偏差 {seconds:+.0f} 秒（正为偏快）；请校时。",
    "Warning: by signed times this machine's clock is off by {seconds:+.0f} s (+ is ahead); set it.",
)
PUBLISHED_LATE: Final = Text(
    "警告：刚取回的快照已签发 {seconds:.0f} 秒：登记机关发布迟缓，或本机时钟偏快；请核对时钟。",
    "Warning: what was fetched just now was signed {seconds:.0f} s ago: the register publishes late, or this "
    "machine's clock is ahead; check the clock.",
)
WITNESSING: Final = Text(
    "见证 {name} 正在 {host}:{port} 运行；请将下面的公钥交给登记机关与核验者：",
    "Witness {name} runs on {host}:{port}; hand this public key to the register and to whoever verifies:",
)
ON_THE_PAGE: Final = Text(
    "请核对 PDF 页面所示与此一致，以此处为准。",
    "The page of the PDF must say the same; what stands here counts. ",
)
ADMITTED: Final = Text(
    "放行：{subject}，备案号 {number}（快照版本 {version}，{freshness}）。备案不代表认可。",
    "Admitted: {subject}, filing number {number} (snapshot version {version}, {freshness}). "
    "A filing is not an endorsement.",
)
ADMITTED_BY_PERMIT: Final = Text(
    "放行：{subject}，沙盒许可 {permit}（快照版本 {version}，{freshness}）。"
    "该服务未备案，仅限许可所列的人员与用途。",
    "Admitted: {subject}, sandbox permit {permit} (snapshot version {version}, {freshness}). "
    "The service is not on file; only for the people and uses the permit lists.",
)
VERIFIED: Final = Text(
    "证书成立：{number}，{service}（{provider}），发证日期 {issued_on}。{logged}{page}备案不代表认可；"
    "现时效力以快照为准（beian-gate check）。",
    "The certificate holds: {number}, {service} ({provider}), issued {issued_on}. {logged}{page}"
    "A filing is not an endorsement; whether it stands today is for the snapshot to say (beian-gate check).",
)
UNLOGGED: Final = Text("", "")
LOGGED: Final = Text(
    "日志第 {log_index} 条已收录（共 {log_size} 条，见证 {witnesses} 位）。",
    "Logged as entry {log_index} of {log_size}, witnesses: {witnesses}. ",
)
CREDENTIAL: Final = Text(
    "凭证成立：{number}，{service}，由 {issuer} 签发于 {issued_on}。{left_out}备案不代表认可；"
    "现时效力以快照为准（beian-gate check）。",
    "The credential holds: {number}, {service}, issued by {issuer} on {issued_on}. {left_out}"
    "A filing is not an endorsement; whether it stands today is for the snapshot to say (beian-gate check).",
)
WITHHELD: Final = Text("出示者隐去了 {withheld} 项。", "Whoever shows it has left out {withheld} facts. ")
PROVED: Final = Text(
    "日志 {origin} 第 {log_index} 条已收录（共 {log_size} 条，见证 {witnesses} 位）："
    "{kind}，{subject}，{at}。",
    "{origin} holds it as entry {log_index} of {log_size}, witnesses: {witnesses}: {kind}, {subject}, {at}.",
)
