"""The floor: aiohttp asks, the answer is searched for one string, nothing is kept."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp


async def main(url: str, questions: list[str], in_flight: int) -> None:
    """Ask every question."""
    asks = iter(questions)
    refused = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def work() -> None:
            nonlocal refused
            for line in asks:
                messages = [{"role": "user", "content": json.loads(line)["text"]}]
                body = {"model": "mock", "messages": messages, "temperature": 0, "max_tokens": 512}
                async with session.post(f"{url}/chat/completions", json=body) as response:
                    answer = (await response.json())["choices"][0]["message"]["content"]
                refused += "抱歉" in answer

        await asyncio.gather(*(work() for _ in range(in_flight)))
    print(refused)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_text("utf-8").splitlines(), int(sys.argv[3])))
