"""What the command says, in Chinese and in English."""

from typing import Final

from openbeian_gate.text import Text

__all__ = ["ADMITTED", "COMMANDS", "EXAMPLES", "FRESHNESS", "OPTIONS", "PROGRAM", "VERIFIED"]

PROGRAM: Final = Text(
    "核验备案、拒绝未备案的服务。退出码：0 正常，1 拒绝或核验不成立，2 用法不对，3 无法执行。",
    "Checks filings and refuses what is not on file. "
    "Exit codes: 0 fine, 1 refused or does not verify, 2 wrong use, 3 could not run.",
)

COMMANDS: Final = {
    "check": Text("查询一个服务能否放行", "say whether a service is let through"),
    "verify": Text("离线核验一份证书", "verify a certificate offline"),
    "serve": Text(
        "运行核验服务（供 nginx auth_request 使用）", "run the check server (for nginx auth_request)"
    ),
    "proxy": Text("在一个服务之前运行反向代理", "run a reverse proxy before one service"),
    "status": Text("显示快照的版本与新旧", "show the snapshot's version and age"),
}

_FROM: Final = "--snapshot https://register.example/snapshot.json --keys keys.json"
EXAMPLES: Final = {
    "check": f"beian-gate check svc-001 {_FROM}",
    "verify": "beian-gate verify certificate.json --keys keys.json --proof certificate.tlog-proof",
    "serve": f"beian-gate serve {_FROM} --port 8095",
    "proxy": f"beian-gate proxy {_FROM} --upstream http://127.0.0.1:8000 --service svc-001",
    "status": f"beian-gate status {_FROM}",
}

OPTIONS: Final = {
    "subject": Text("服务标识或备案号", "service id or filing number"),
    "snapshot": Text("快照的网址或文件", "address or file of the snapshot"),
    "keys": Text("受信任的公钥文件", "file of the trusted public keys"),
    "keep": Text("保存最近一份有效快照的文件", "file to keep the last good snapshot in"),
    "poll": Text("每隔几秒查看快照（默认 30）", "seconds between looks at the snapshot (default 30)"),
    "json": Text("以 JSON 输出", "answer in JSON"),
    "lang": Text("输出语言（默认取自 LANG）", "language of the output (default from LANG)"),
    "file": Text("证书文件（JSON）", "certificate file (JSON)"),
    "proof": Text("随证书发布的日志证明文件", "log proof published with the certificate"),
    "origin": Text("日志应有的名称", "name the log must have"),
    "upstream": Text("被保护服务的地址", "address of the service behind the gate"),
    "service": Text("被保护服务的标识或备案号", "id or filing number of the service behind the gate"),
    "host": Text("监听地址（默认 127.0.0.1）", "address to listen on (default 127.0.0.1)"),
    "port": Text("监听端口", "port to listen on"),
    "example": Text("示例", "example"),
}

FRESHNESS: Final = {
    "fresh": Text("最新", "fresh"),
    "stale": Text("未能更新，尚在宽限期内", "not renewed, but within its grace"),
}

ADMITTED: Final = Text(
    "放行：{subject}，备案号 {number}（快照版本 {version}，{freshness}）。备案不代表认可。",
    "Admitted: {subject}, filing number {number} (snapshot version {version}, {freshness}). "
    "A filing is not an endorsement.",
)
VERIFIED: Final = Text(
    "证书成立：{number}，{service}（{provider}），发证日期 {issued_on}。{logged}备案不代表认可；"
    "现时效力以快照为准（beian-gate check）。",
    "The certificate holds: {number}, {service} ({provider}), issued {issued_on}. {logged}"
    "A filing is not an endorsement; whether it stands today is for the snapshot to say (beian-gate check).",
)
