using Nola.Training.Batches;

namespace Nola.Training.Tests.Batches;

public class PackedTextTests
{
    [Fact]
    public void Pack_Documents_RunOnThroughBlocks() => Assert.Equal(
        [[1, 10, 11, 2], [1, 12, 13, 14], [15, 2]],
        PackedText.Pack([[10, 11], [12, 13, 14, 15]], 4, first: 1, end: 2));

    [Fact]
    public void Pack_VocabularyWithoutEnds_AddsNothing() => Assert.Equal([[10, 11, 12], [13, 14]], PackedText.Pack([[10, 11], [12, 13, 14]], 3, null, null));

    [Fact]
    public void Pack_LastBlockOfOneToken_IsLeftOut() => Assert.Equal([[10, 11]], PackedText.Pack([[10, 11, 12]], 2, null, null));
}
