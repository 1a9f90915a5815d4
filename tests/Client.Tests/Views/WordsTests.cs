using Nola.Client.Views;

namespace Nola.Client.Tests.Views;

public class WordsTests
{
    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.6, "1 min")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(3600, "1 h")]
    [InlineData(7620, "2 h 07 min")]
    [InlineData(180_000, "50 h")]
    public void Of_Time_AsPeopleReadIt(double seconds, string expected) => Assert.Equal(expected, Words.Of(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0.0000")]
    [InlineData(0.81234, "0.8123")]
    [InlineData(-12.345, "-12.35")]
    [InlineData(12345.6, "12346")]
    [InlineData(0.00013, "1.30e-4")]
    [InlineData(123456789, "1.23e8")]
    public void Of_Number_AsPeopleReadIt(double value, string expected) => Assert.Equal(expected, Words.Of(value));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1384, "1.38k")]
    [InlineData(84040, "84.0k")]
    [InlineData(999_999, "1.00M")]
    [InlineData(109_482_240, "109M")]
    [InlineData(6_738_415_616, "6.74G")]
    public void Short_Number_HasThreeDigits(long number, string expected) => Assert.Equal(expected, Words.Short(number));

    [Theory]
    [InlineData("S127.0.0.1:39241:154541315 cpu", "cpu")]
    [InlineData("S10.0.0.7:11111:154541315 cuda:0", "10.0.0.7 cuda:0")]
    [InlineData("", "")]
    [InlineData("somewhere", "somewhere")]
    public void Short_Place_TellsPlacesApart(string place, string expected) => Assert.Equal(expected, Places.Short(place));

    [Theory]
    [InlineData("m / d / full|m / d / lora", "m / d", "full|lora")]
    [InlineData("m / a / full|m / b / lora", "m", "a / full|b / lora")]
    [InlineData("m / d / full", "", "m / d / full")]
    [InlineData("full|m / lora", "", "full|m / lora")]
    [InlineData("full|lora", "", "full|lora")]
    public void StudyNames_Of_LeavesOutWhatAllHave(string names, string common, string own)
    {
        var found = StudyNames.Of(names.Split('|'));

        Assert.Equal((common, own), (found.Common, string.Join('|', found.Own)));
    }
}
