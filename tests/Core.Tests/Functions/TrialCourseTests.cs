using Nola.Core.Experiments;
using Nola.Core.Functions;

namespace Nola.Core.Tests.Functions;

public class TrialCourseTests
{
    [Fact]
    public void At_Curve_FallsFromItsHeightToTheEnd()
    {
        var courses = Enumerable.Range(0, 50).Select(number => Course(number, curve: 3, steps: 20)).ToArray();

        Assert.All(courses, course => Assert.Equal(5, course.At(0)[0], 1e-12));
        Assert.All(courses, course => Assert.Equal([2.0], course.At(20)));
        Assert.All(courses, course => Assert.All(Enumerable.Range(0, 20), step => Assert.True(course.At(step)[0] > course.At(step + 1)[0])));
        // Some learn slowly, others quickly.
        var halfway = courses.Select(course => course.At(5)[0]).ToArray();
        Assert.InRange(halfway.Max() - halfway.Min(), 0.8, 3);
    }

    [Fact]
    public void Course_SameTrial_IsTheSame()
    {
        Assert.Equal(Course(7, curve: 3, rate: 0.5).At(3), Course(7, curve: 3, rate: 0.5).At(3));
        Assert.NotEqual(Course(7, curve: 3).At(3), Course(8, curve: 3).At(3));
        Assert.NotEqual(Course(7, curve: 3).At(3), Course(7, curve: 3, seed: 1).At(3));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.1, 60, 140)]
    [InlineData(1, 1000, 1000)]
    public void FailsAt_Rate_IsThatShareOfTrials(double rate, int least, int most)
    {
        var failing = Enumerable.Range(0, 1000).Select(number => Course(number, rate: rate, steps: 4).FailsAt).OfType<int>().ToArray();

        Assert.InRange(failing.Length, least, most);
        if (failing.Length > 0)
            Assert.Equal([1, 2, 3, 4], failing.Distinct().Order());
    }

    [Fact]
    public void Steps_Default_AreThoseOfTrialsThatTakeTimeOrLearn()
    {
        Assert.Equal(0, Course(0, rate: 0.5).Steps);
        Assert.Equal(10, Course(0, curve: 1).Steps);
        Assert.Equal(10, new TrialCourse(new() { Id = "f", Function = "sphere", Duration = TimeSpan.FromSeconds(1) }, [2], 0, 0, 0).Steps);
        Assert.Equal([2.0], Course(0).At(1));
    }

    private static TrialCourse Course(int number, double curve = 0, int? steps = null, double rate = 0, int seed = 0) =>
        new(new() { Id = "f", Function = "sphere", Curve = curve, Steps = steps, FailureRate = rate }, [2], 0, number, seed);
}
