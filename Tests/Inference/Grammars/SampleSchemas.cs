namespace CocoonOrleans.Tests.Inference.Grammars;

/// <summary>Schemas like those that people send, between them every keyword that is supported.</summary>
internal static class SampleSchemas
{
    public static readonly string[] Bounded =
    [
        """{"type":"object","properties":{"name":{"type":"string","maxLength":40},"age":{"type":"integer","minimum":0,"maximum":150}},"required":["name","age"],"additionalProperties":false}""",
        """{"type":"object","properties":{"city":{"type":"string","minLength":1,"maxLength":30},"unit":{"enum":["celsius","fahrenheit"]},"days":{"type":["integer","null"],"minimum":1,"maximum":14}},"required":["city","unit","days"],"additionalProperties":false}""",
        """{"type":"object","properties":{"steps":{"type":"array","items":{"type":"object","properties":{"explanation":{"type":"string","maxLength":50},"output":{"type":"string","maxLength":50}},"required":["explanation","output"],"additionalProperties":false},"maxItems":4},"final_answer":{"type":"string","maxLength":20}},"required":["steps","final_answer"],"additionalProperties":false}""",
        """{"type":"object","properties":{"value":{"type":"number"},"children":{"type":"array","items":{"$ref":"#"},"maxItems":1}},"required":["value","children"],"additionalProperties":false}""",
        """{"$defs":{"node":{"type":"object","properties":{"id":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["id","next"],"additionalProperties":false}},"$ref":"#/$defs/node"}""",
        """{"anyOf":[{"type":"object","properties":{"kind":{"const":"circle"},"radius":{"type":"number","exclusiveMinimum":0}},"required":["kind","radius"],"additionalProperties":false},{"type":"object","properties":{"kind":{"const":"square"},"side":{"type":"number","minimum":0.5,"maximum":99.75}},"required":["kind","side"],"additionalProperties":false}]}""",
        """{"oneOf":[{"type":"object","properties":{"t":{"const":"a"},"x":{"type":"integer"}},"required":["t"],"additionalProperties":false},{"type":"object","properties":{"t":{"enum":["b","c"]},"y":{"type":"boolean"}},"required":["t","y"],"additionalProperties":false}]}""",
        """{"type":"object","properties":{"id":{"type":"string","format":"uuid"},"born":{"type":"string","format":"date"},"at":{"type":"string","format":"date-time"},"alarm":{"type":"string","format":"time"},"ip":{"type":"string","format":"ipv4"},"mail":{"type":"string","format":"email"}},"required":["id","born","at","alarm","ip","mail"]}""",
        """{"type":"object","properties":{"plate":{"type":"string","pattern":"^[A-Z]{1,3}-[0-9]{1,4}$"},"code":{"type":"string","pattern":"^(?:[a-f0-9]{2}:){3}[a-f0-9]{2}$"},"word":{"type":"string","pattern":"^\\w+$","minLength":3,"maxLength":8}},"required":["plate","code","word"]}""",
        """{"type":"array","items":{"type":"integer","minimum":-1000,"maximum":1000},"minItems":3,"maxItems":6}""",
        """{"type":"array","prefixItems":[{"type":"string","maxLength":10},{"type":"number","minimum":-1,"maximum":1}],"items":{"type":"boolean"},"minItems":2,"maxItems":8}""",
        """{"type":"object","properties":{"a":{"type":"string","maxLength":5},"b":{"type":"integer"},"c":{"type":"boolean"},"d":{"type":"null"},"e":{"type":"array","maxItems":2,"items":{"type":"integer"}}}}""",
        """{"type":"integer","minimum":17,"maximum":12345}""",
        """{"type":"integer","exclusiveMinimum":-30,"exclusiveMaximum":7}""",
        """{"type":"number","minimum":-2.5,"exclusiveMaximum":3.125}""",
        """{"enum":["red","green","blue",7,null,true,{"deep":[1,"ü",{"x":false}]}]}""",
        """{"const":{"fixed":["text with \"quotes\", \\ and \u0001",1.50]}}""",
        """{"allOf":[{"$ref":"#/$defs/person"}],"$defs":{"person":{"title":"Person","type":"object","properties":{"first":{"type":"string","maxLength":15,"description":"x"},"friends":{"type":"array","items":{"type":"string","maxLength":8},"maxItems":3,"default":[]}},"required":["first"]}}}""",
        """{"type":["string","integer","boolean","null"],"maxLength":12,"minimum":3}""",
    ];

    /// <summary>Schemas with texts, names or lists that may go on for ever.</summary>
    public static readonly string[] OpenEnded =
    [
        """{"type":"object","properties":{"title":{"type":"string","maxLength":20}},"required":["title","score"],"additionalProperties":{"type":"integer","exclusiveMinimum":-5,"exclusiveMaximum":5}}""",
        """{"type":"object"}""",
        """{"type":"object","properties":{"text":{"type":"string"},"tags":{"type":"array","items":{"type":"string","minLength":2}}},"required":["text","tags"],"additionalProperties":false}""",
        """{"type":"object","properties":{"any":{},"items":{"type":"array","minItems":2}},"required":["any","items"]}""",
        """{"type":"object","properties":{"a":{"type":"string","pattern":"^[a-z ]*$"}},"required":["a","b"],"additionalProperties":true}""",
    ];
}
