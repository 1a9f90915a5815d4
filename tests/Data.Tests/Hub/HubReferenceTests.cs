using Nola.Data.Hub;

namespace Nola.Data.Tests.Hub;

public sealed class HubReferenceTests
{
    [Theory]
    [InlineData("hf:bert-base-uncased", "bert-base-uncased", null, "bert-base-uncased")]
    [InlineData("hf:dmis-lab/biobert-base-cased-v1.2", "dmis-lab/biobert-base-cased-v1.2", null, "biobert-base-cased-v1.2")]
    [InlineData("hf:org/name@refs/pr/1", "org/name", "refs/pr/1", "name")]
    public void Parse_RightOne_HasItsParts(string typed, string repository, string? revision, string name)
    {
        var reference = HubReference.Parse(typed);

        Assert.Equal((repository, revision, name, typed), (reference.Repository, reference.Revision, reference.Name, reference.ToString()));
    }

    [Theory]
    [InlineData("hf:")]
    [InlineData("hf:org/")]
    [InlineData("hf:a/b/c")]
    [InlineData("hf:../secrets")]
    [InlineData("hf:org/a..b")]
    [InlineData("hf:org/name@")]
    [InlineData("hf:org/na me")]
    public void Parse_WrongOne_SaysWhatIsRight(string typed)
    {
        var fault = Assert.Throws<FormatException>(() => HubReference.Parse(typed));

        Assert.Equal($"'{typed}' names no model of the Hugging Face hub; write hf:org/name or hf:org/name@revision", fault.Message);
    }

    [Fact]
    public void Commit_OnlyOfAFullHash() =>
        Assert.Equal([null, "0123456789abcdef0123456789abcdef01234567"], new[] { "hf:org/name@0123456", "hf:org/name@0123456789abcdef0123456789abcdef01234567" }.Select(typed => HubReference.Parse(typed).Commit));
}
