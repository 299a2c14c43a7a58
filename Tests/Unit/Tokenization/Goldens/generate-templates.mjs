// usage: node generate-templates.mjs > templates.json
// Booleans are never written: JavaScript's implementation gives false where Jinja, and ours, give False.
// Needs `npm install @huggingface/jinja@0.5.11` in a folder above; run a copy of this file outside the repository.
import {Template} from "@huggingface/jinja";

const templates = {
  chatml: "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
  chatmlLines: `{#- a comment -#}
{%- for m in messages %}
    {%- if loop.first and m.role != 'system' %}
        {{- '<|im_start|>system\\nYou are helpful.<|im_end|>\\n' }}
    {%- endif %}
    {{- '<|im_start|>' ~ m.role ~ '\\n' ~ m.content | trim ~ '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
`,
  zephyr: "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
  llama3: "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
  llama2: "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
  odds: "  {% if messages|length > 1 and not add_generation_prompt or 'user' in messages[0].role %}\n  many {{ messages|length }} {{ messages[-1].role }}\n  {%- else -%}\n  few\n  {% endif %}\n{% for m in messages[:-1] %}{{ loop.index }}/{{ loop.length }}{{ ', ' if not loop.last else '.' }}{% endfor %}\n{{ 'n' if tools is not defined else 'y' }}{{ 'y' if m is defined else 'n' }} {{ 1 + 2 * 3 - 7 % 4 }}{% if messages[0].name is defined and messages[0].name is not none %} {{ messages[0].name }}{% endif %}\n\n",
};
const chats = [
  [["user", "Hi"]],
  [["system", "  Be brief.\n"], ["user", " What is <|im_end|>?\n"]],
  [["user", "a"], ["assistant", "b"], ["user", "Привет 👋🏽 {{ 1 + 1 }} {% if %}"]],
  [["system", "s"], ["user", "u"], ["assistant", "v"], ["user", ""]],
  [["assistant", "x"], ["assistant", "y"]],
];
const rows = [];
for (const [name, source] of Object.entries(templates))
  for (const chat of chats)
    for (const add_generation_prompt of [true, false]) {
      const messages = chat.map(([role, content]) => ({role, content}));
      let text = null, refusal = null;
      try { text = new Template(source).render({messages, add_generation_prompt, bos_token: "<s>", eos_token: "</s>"}); } catch (e) { refusal = e.message; }
      rows.push({name, chat, addGenerationPrompt: add_generation_prompt, text, refusal});
    }
console.log("{\"templates\": " + JSON.stringify(templates) + ",\n\"rows\": [\n" + rows.map(r => JSON.stringify(r)).join(",\n") + "\n]}");
