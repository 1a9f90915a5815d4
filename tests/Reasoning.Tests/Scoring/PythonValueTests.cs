using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tests.Scoring;

/// <summary>Literals are read and compared as Python does.</summary>
public class PythonValueTests
{
    [Theory]
    [InlineData("1", "True")]
    [InlineData("1", "1.0")]
    [InlineData("-0", "0")]
    [InlineData("1e3", "1_000")]
    [InlineData("0xff", "255")]
    [InlineData("'a' \"b\"", "'ab'")]
    [InlineData("'''a\nb'''", "\"a\\nb\"")]
    [InlineData("r'\\d'", "'\\\\d'")]
    [InlineData("'\\x41\\u0042\\103'", "'ABC'")]
    [InlineData("1, 2", "(1, 2)")]
    [InlineData("(1)", "1")]
    [InlineData("(1,)", "1,")]
    [InlineData("[1, 2,]", "[1,2]")]
    [InlineData("{1: 2, 'a': [3]}", "{'a': [3.0], True: 2}")]
    [InlineData("{1, 2}", "{2, 1, 1.0}")]
    [InlineData("set()", "set( )")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void Equals_SameInPython_IsTrue(string a, string b) => Assert.Equal(PythonValue.Parse(a)!, PythonValue.Parse(b)!);

    [Theory]
    [InlineData("[1]", "(1,)")]
    [InlineData("'1'", "1")]
    [InlineData("b'a'", "'a'")]
    [InlineData("{}", "set()")]
    [InlineData("None", "False")]
    [InlineData("[1, 2]", "[2, 1]")]
    public void Equals_DifferentInPython_IsFalse(string a, string b) => Assert.NotEqual(PythonValue.Parse(a)!, PythonValue.Parse(b)!);

    [Theory]
    [InlineData("")]
    [InlineData("f(1)")]
    [InlineData("1 + 1")]
    [InlineData("[1")]
    [InlineData("'a")]
    [InlineData("[1 2]")]
    [InlineData("{[1]: 2}")]
    [InlineData("012")]
    [InlineData("x")]
    [InlineData("'a' b'b'")]
    public void Parse_NoLiteral_IsNull(string text) => Assert.Null(PythonValue.Parse(text));

    [Fact]
    public void Parse_DeepNesting_IsNull() => Assert.Null(PythonValue.Parse(new string('[', 100_000)));

    [Theory]
    [InlineData("(1,)")]
    [InlineData("[1, 2.5, True, None, 'a\\n\"']")]
    [InlineData("{'a': set()}")]
    [InlineData("\"it's\"")]
    [InlineData("b'\\xff'")]
    public void ToString_OfValue_IsItsLiteral(string literal) => Assert.Equal(literal, PythonValue.Parse(literal)!.ToString());
}
